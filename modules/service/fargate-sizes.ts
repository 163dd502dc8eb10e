import type { Fault } from "../core/errors";

/** The memory that Fargate offers for one number of CPU units, in MiB: from, to, in steps of. */
interface MemoryRange {
  readonly cpu: number;
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

/**
 * CPU units (1024 are one vCPU) and memory in MiB that Fargate takes together. The row of 256 units has doubling steps.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
 */
const RANGES: readonly MemoryRange[] = [
  { cpu: 512, least: 1024, most: 4096, step: 1024 },
  { cpu: 1024, least: 2048, most: 8192, step: 1024 },
  { cpu: 2048, least: 4096, most: 16_384, step: 1024 },
  { cpu: 4096, least: 8192, most: 30_720, step: 1024 },
  { cpu: 8192, least: 16_384, most: 61_440, step: 4096 },
  { cpu: 16_384, least: 32_768, most: 122_880, step: 8192 },
];

/** CPU units that Fargate offers. */
export const FARGATE_CPU: readonly number[] = [256, ...RANGES.map(({ cpu }) => cpu)];

/** Memory in MiB that Fargate offers for so many CPU units, the least first; none for a number that it does not offer. */
export function fargateMemory(cpu: number): readonly number[] {
  if (cpu === 256) return [512, 1024, 2048];
  const range = RANGES.find((candidate) => candidate.cpu === cpu);
  if (!range) return [];
  const { least, most, step } = range;
  return Array.from({ length: (most - least) / step + 1 }, (_, index) => least + index * step);
}

/** The faults of a task's size: what Fargate refuses, with the nearest that it takes. */
export function fargateSizeFaults(cpu: number, memoryMb: number): readonly Fault[] {
  const offered = fargateMemory(cpu);
  if (offered.length === 0) {
    return [
      { what: `cpu is ${cpu}: Fargate does not offer it`, instead: `use one of ${FARGATE_CPU.join(", ")}` },
    ];
  }
  if (offered.includes(memoryMb)) return [];
  const nearest = offered.find((memory) => memory >= memoryMb) ?? offered.at(-1);
  return [
    {
      what: `memoryMb is ${memoryMb}: with cpu ${cpu} Fargate offers ${described(offered)}`,
      instead: `use e.g. ${nearest}, or more cpu`,
    },
  ];
}

function described(offered: readonly number[]): string {
  const [first, second] = offered;
  if (offered.length <= 4 || first === undefined || second === undefined) return offered.join(", ");
  return `${first} to ${offered.at(-1)} in steps of ${second - first}`;
}
