import { type Amount, exactly, sumOf, times } from "../../cost/amount";
import { type PriceTable, priceIn } from "../../cost/prices/table";

/** Hours of a month, as AWS counts. */
const HOURS = 730;

/** What is kept and built. */
export interface ImageUsage {
  readonly regions: readonly string[];

  /** AMIs in each Region. */
  readonly images: number;

  /** Size of the volume, in GB: what is billed of a volume. */
  readonly volume: number;

  /**
   * GB that a snapshot stores: the blocks that were written, and no more. From one image to the next it is between what
   * has changed and all of them: AWS bills what a snapshot adds to those before it of the same volume, and an image that is
   * built anew from the base is a volume of its own.
   */
  readonly stored: Amount;

  /** Minutes that a builder runs. */
  readonly minutes: number;
  readonly instanceType: string;
}

/** What it costs, in US dollars. */
export interface ImageCost {
  /** Of each Region in a month. */
  readonly storage: readonly { readonly region: string; readonly monthly: Amount }[];
  readonly monthly: Amount;

  /** One build: the builder, its volume, and the copies. */
  readonly build: Amount;

  /** Regions or prices that the table does not have: they are in no sum. */
  readonly unpriced: readonly string[];
}

/** What images cost. @param way - whether each Region builds, or the first one and the others get copies. */
export function imageCost(usage: ImageUsage, table: PriceTable, way: "copy" | "each"): ImageCost {
  const unpriced: string[] = [];
  const price = (region: string, key: string): number | undefined => {
    const found = priceIn(table, region, key)?.usd;
    if (found === undefined) unpriced.push(`${key} in ${region}`);
    return found;
  };
  const storage = usage.regions.flatMap((region) => {
    const usd = price(region, "ebs/snapshot/gb-month");
    return usd === undefined ? [] : [{ region, monthly: times(usage.stored, usd * usage.images) }];
  });
  const [home = "", ...others] = usage.regions;
  const built = way === "each" ? usage.regions : [home];
  const hours = usage.minutes / 60;
  const builders = built.map((region) => {
    const instance = price(region, `ec2/linux/${usage.instanceType}/hour`) ?? 0;
    const disk = price(region, "ebs/gp3/gb-month") ?? 0;
    return exactly(instance * hours + (disk / HOURS) * usage.volume * hours);
  });
  const copies = (way === "copy" ? others : []).flatMap((region) => {
    // From some Regions to their neighbour it is cheaper than to the others.
    const usd = priceIn(table, home, `transfer/${region}/gb`)?.usd ?? price(home, "transfer/region/gb");
    return usd === undefined ? [] : [times(usage.stored, usd)];
  });
  return {
    storage,
    monthly: sumOf(storage.map(({ monthly }) => monthly)),
    build: sumOf([...builders, ...copies]),
    unpriced: [...new Set(unpriced)],
  };
}
