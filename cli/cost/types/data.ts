import { hourly, monthly, NO_PARTS, type Pricing } from "../pricing";
import { NotKnown, type Values } from "../values";

/** IOPS that a database's gp3 volume of under 400 GiB has without more money, and those of a larger one. */
const FREE_IOPS = { small: 3000, large: 12_000 };

const database: Pricing = {
  assumes: [
    "it runs all month in one zone, unless multi_az is set, and without extra CPU credits",
    "where no storage type is set, gp2 or gp3; a backup as large as its storage is free",
    "longer performance insights and extended support are not counted",
  ],
  usage: () => [
    { name: "backup_gb", means: "GB of backups beyond its storage", price: "rds/backup-gb-month" },
  ],
  parts: (values) => {
    const engine = values.text("engine");
    const kind = values.text("instance_class");
    if (engine === undefined || kind === undefined)
      throw new NotKnown("its engine or its class is not in the plan");
    const { given } = values;
    const zones = given.is("multi_az") ? "multi" : "single";
    const gb = values.number("allocated_storage");
    if (gb === undefined) throw new NotKnown("its storage is not in the plan");
    const iops = given.number("iops") ?? 0;
    const said = given.text("storage_type");
    const kinds = said === undefined ? (iops > 0 ? ["io1"] : ["gp2", "gp3"]) : [said];
    const free = gb < 400 ? FREE_IOPS.small : FREE_IOPS.large;
    const paid = said === "gp3" ? Math.max(0, iops - free) : kinds.includes("gp2") ? 0 : iops;
    const storage = `rds/storage/${zones}`;
    return [
      { ...hourly(`database ${kind}`, `rds/${engine}/${zones}/${kind}/hour`), sleeps: true },
      monthly(
        `storage ${kinds.join(" or ")}`,
        kinds.map((one) => `${storage}/${one}/gb-month`),
        gb,
        "GB",
      ),
      ...(paid > 0
        ? [monthly("IOPS of the storage", `${storage}/${kinds[0]}/iops-month`, paid, "IOPS")]
        : []),
    ];
  },
};

const table: Pricing = {
  assumes: ["without global replicas; free tiers are not counted"],
  usage: (values) => [
    ...(isOnDemand(values)
      ? [
          {
            name: "writes",
            means: "write request units a month",
            price: "dynamodb/million-writes",
            units: 1e-6,
          },
          {
            name: "reads",
            means: "read request units a month",
            price: "dynamodb/million-reads",
            units: 1e-6,
          },
        ]
      : []),
    { name: "stored_gb", means: "GB stored", price: "dynamodb/stored-gb-month" },
    { name: "recovery_gb", means: "GB kept for point-in-time recovery", price: "dynamodb/recovery-gb-month" },
  ],
  parts: (values) => {
    if (values.given.has("replica")) throw new NotKnown("replicas of a global table have no price here");
    if (isOnDemand(values)) return [];
    const indexes = values.blocks("global_secondary_index");
    const sum = (name: string) => [values, ...indexes].reduce((all, one) => all + (one.number(name) ?? 0), 0);
    return [
      hourly("write capacity", "dynamodb/write-capacity-hour", sum("write_capacity")),
      hourly("read capacity", "dynamodb/read-capacity-hour", sum("read_capacity")),
    ];
  },
};

function isOnDemand(values: Values): boolean {
  return values.text("billing_mode") === "PAY_PER_REQUEST";
}

const bucket: Pricing = {
  assumes: ["storage class Standard, first 50 TB"],
  usage: () => [
    { name: "stored_gb", means: "GB stored", price: "s3/stored-gb-month" },
    {
      name: "writes",
      means: "PUT, COPY, POST and LIST requests a month",
      price: "s3/thousand-writes",
      units: 1e-3,
    },
    { name: "reads", means: "other requests a month", price: "s3/thousand-reads", units: 1e-3 },
  ],
  parts: NO_PARTS,
};

const repository: Pricing = {
  assumes: ["transfer to other Regions is not counted"],
  usage: () => [{ name: "stored_gb", means: "GB stored", price: "ecr/stored-gb-month" }],
  parts: NO_PARTS,
};

/** Where data is kept. */
export const DATA: Readonly<Record<string, Pricing>> = {
  aws_db_instance: database,
  aws_dynamodb_table: table,
  aws_s3_bucket: bucket,
  aws_ecr_repository: repository,
};
