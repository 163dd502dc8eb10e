/** Processor architecture of an instance type, as AMIs and Kubernetes' labels (`amd64` for `x86_64`) tell them apart. */
export type Architecture = "x86_64" | "arm64";

/** Day on which the families were last compared with AWS's. */
export const FAMILIES_CHECKED = "2026-11-30";

/** Families of EC2 instance types by their processors: `ec2 describe-instance-types`, all Regions, without macOS. */
const FAMILIES: Readonly<Record<Architecture, string>> = {
  arm64: `a1 c6g c6gd c6gn c7g c7gd c7gn c8g c8gb c8gd c8gn c9g c9gd g5g hpc7g i4g i8g i8ge im4gn is4gen m6g m6gd m7g
    m7gd m8g m8gb m8gd m8gn m9g m9gd r6g r6gd r7g r7gd r8g r8gb r8gd r8gn r9g r9gd t4g x2gd x8g`,
  x86_64: `c1 c3 c4 c5 c5a c5ad c5d c5n c6a c6i c6id c6in c7a c7i c7i-flex c8a c8i c8i-flex c8ib c8id c8in c8ine d2 d3
    d3en dl1 dl2q f1 f2 g3 g3s g4ad g4dn g5 g6 g6e g6f g7 g7e gr6 gr6f h1 hpc6a hpc6id hpc7a hpc8a i2 i3 i3en i4i i7i
    i7ie inf1 inf2 m1 m2 m3 m4 m5 m5a m5ad m5d m5dn m5n m5zn m6a m6i m6id m6idn m6in m7a m7i m7i-flex m8a m8azn m8i
    m8i-flex m8ib m8id m8idb m8idn m8in m8ine p2 p3 p3dn p4d p4de p5 p5e p5en p6-b200 p6-b300 r3 r4 r5 r5a r5ad r5b r5d
    r5dn r5n r6a r6i r6id r6idn r6in r7a r7i r7iz r8a r8i r8i-flex r8ib r8id r8idb r8idn r8in t1 t2 t3 t3a t8i trn1
    trn1n trn2 trn2u u-12tb1 u-18tb1 u-24tb1 u-3tb1 u-6tb1 u-9tb1 u7i-12tb u7i-6tb u7i-8tb u7in-16tb u7in-24tb
    u7in-32tb vt1 x1 x1e x2idn x2iedn x2iezn x8aedz x8i z1d`,
};

const BY_FAMILY: ReadonlyMap<string, Architecture> = new Map(
  (["arm64", "x86_64"] as const).flatMap((architecture) =>
    FAMILIES[architecture].split(/\s+/).map((family): [string, Architecture] => [family, architecture]),
  ),
);

/** Processors beside the CPU that need drivers of the image. */
export type Accelerator = "nvidia" | "neuron";

/** Families with such processors: GPUs of NVIDIA, and AWS's own Inferentia and Trainium. */
const ACCELERATED: Readonly<Record<Accelerator, RegExp>> = {
  nvidia: /^(?:g(?:3s?|4dn|5g?|6[ef]?|7e?|r6f?)|p\d[a-z]*(?:-b\d+)?)$/,
  neuron: /^(?:inf|trn)\d[a-z]*$/,
};

/** The processors of an instance type that need drivers; undefined for one without. */
export function acceleratorOf(instanceType: string): Accelerator | undefined {
  const family = instanceType.split(".")[0] ?? "";
  return (["nvidia", "neuron"] as const).find((kind) => ACCELERATED[kind].test(family));
}

/** The architecture of an instance type, e.g. `arm64` for `m7g.large`; undefined for a family that the table does not know. */
export function architectureOf(instanceType: string): Architecture | undefined {
  return BY_FAMILY.get(instanceType.split(".")[0] ?? "");
}
