import { known, monthly, type Part, type Pricing } from "../pricing";
import { NotKnown, type Values } from "../values";

/** What a gp3 volume has without more money: IOPS, and MiB/s. @see https://aws.amazon.com/ebs/pricing/ */
const FREE_IOPS = 3000;
const FREE_THROUGHPUT = 125;

/** Properties of {@link volumeParts}. */
export interface VolumeProps {
  /** How many there are. @default 1 */
  readonly count?: number;

  /** Its type, or those that it may have, where it is not said. */
  readonly types: readonly string[];

  /** Its size in GiB, where it is not said. */
  readonly size?: number;
}

/**
 * What a volume costs; nothing where nobody says its size, and no size is given here.
 *
 * @param sizeName - the attribute that has its size in GiB.
 */
export function volumeParts(
  values: Values,
  sizeName: string,
  typeName: string,
  { count = 1, types, size }: VolumeProps,
): readonly Part[] {
  const gb = values.number(sizeName) ?? size;
  if (gb === undefined) throw new NotKnown(`${sizeName} is not set`);
  const said = values.given.text(typeName);
  const kinds = said === undefined ? types : [said];
  const name = `volume ${kinds.join(" or ")}`;
  const prices = kinds.map((kind) => `ebs/${kind}/gb-month`);
  const iops = values.given.number("iops") ?? 0;
  const throughput = values.given.number("throughput") ?? 0;
  const more = (what: string, price: string, number: number) =>
    number > 0 ? [monthly(`${what} of volumes`, price, number * count, what)] : [];
  return [
    { name, quantity: known(gb * count), unit: "GB", price: prices },
    ...(said === "gp3" ? more("IOPS", "ebs/gp3/iops-month", iops - FREE_IOPS) : []),
    ...(said === "gp3" ? more("MiB/s", "ebs/gp3/mibps-month", throughput - FREE_THROUGHPUT) : []),
    ...(said === "io1" ? more("IOPS", "ebs/io1/iops-month", iops) : []),
    // Its IOPS have several prices, one for each range.
    ...(said === "io2" ? more("IOPS", "ebs/io2/iops-month", iops) : []),
  ];
}

const volume: Pricing = {
  assumes: ["requests of magnetic volumes, and snapshots, are not counted"],
  parts: (values) => volumeParts(values, "size", "type", { types: ["gp2"] }),
};

/** Volumes. */
export const VOLUME: Readonly<Record<string, Pricing>> = { aws_ebs_volume: volume };
