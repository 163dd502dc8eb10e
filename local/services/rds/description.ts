import { elementsAt, textAt, type Xml } from "../../gateway/caller";
import type { Place } from "../../gateway/exchange";
import type { XmlValue } from "../../gateway/xml";
import type { Instance, Snapshot } from "./state";

/** Settings of an instance that have one value, by the names of the requests that give them. */
export const SETTINGS = [
  "DBInstanceClass",
  "Engine",
  "EngineVersion",
  "AllocatedStorage",
  "MaxAllocatedStorage",
  "StorageType",
  "StorageThroughput",
  "Iops",
  "StorageEncrypted",
  "KmsKeyId",
  "DBName",
  "MasterUsername",
  "Port",
  "DBSubnetGroupName",
  "DBParameterGroupName",
  "OptionGroupName",
  "PubliclyAccessible",
  "MultiAZ",
  "AvailabilityZone",
  "EnableIAMDatabaseAuthentication",
  "CACertificateIdentifier",
  "AutoMinorVersionUpgrade",
  "BackupRetentionPeriod",
  "PreferredBackupWindow",
  "PreferredMaintenanceWindow",
  "CopyTagsToSnapshot",
  "DeletionProtection",
  "EnablePerformanceInsights",
  "PerformanceInsightsKMSKeyId",
  "PerformanceInsightsRetentionPeriod",
  "MonitoringInterval",
  "MonitoringRoleArn",
  "NetworkType",
  "DatabaseInsightsMode",
  "DedicatedLogVolume",
  "EngineLifecycleSupport",
  "ManageMasterUserPassword",
  "MasterUserSecretKmsKeyId",
];

/** Newest minor version of each major one that is known here. */
const NEWEST: Readonly<Record<string, string>> = {
  "13": "13.22",
  "14": "14.19",
  "15": "15.14",
  "16": "16.10",
  "17": "17.6",
  "18": "18.1",
};

/** The version in full, as an instance is described. */
export function fullVersion(asked: string | undefined): string {
  return NEWEST[asked ?? "17"] ?? asked ?? "17.6";
}

/** The major version. */
export function majorVersion(version: string | undefined): number {
  return Number.parseInt(fullVersion(version), 10);
}

/** Name of an instance in DNS: under `localhost`, where AWS has `amazonaws.com`. */
export function hostNameOf(instance: Pick<Instance, "identifier" | "resourceId">, { region }: Place): string {
  return `${instance.identifier}.${instance.resourceId.slice(3, 15).toLowerCase()}.${region}.rds.localhost`;
}

/**
 * An instance as it is described.
 *
 * @param subnetGroup - its group, as the emulator describes it.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html
 */
export function describedInstance(instance: Instance, place: Place, subnetGroup: Xml | undefined): XmlValue {
  const { settings } = instance;
  const truth = (name: string, otherwise = "false") => settings[name] ?? otherwise;
  const version = fullVersion(settings.EngineVersion);
  const port = Number(settings.Port ?? "5432");
  const isReachable = instance.status !== "creating";
  const performance = truth("EnablePerformanceInsights") === "true";
  return {
    DBInstanceIdentifier: instance.identifier,
    DBInstanceClass: settings.DBInstanceClass,
    Engine: settings.Engine,
    DBInstanceStatus: instance.status,
    MasterUsername: settings.MasterUsername,
    DBName: settings.DBName,
    ...(isReachable
      ? { Endpoint: { Address: hostNameOf(instance, place), Port: port, HostedZoneId: "Z2R2ITUGPM61AM" } }
      : {}),
    AllocatedStorage: settings.AllocatedStorage ?? "20",
    InstanceCreateTime: instance.createdAt,
    PreferredBackupWindow: settings.PreferredBackupWindow ?? "03:00-03:30",
    BackupRetentionPeriod: settings.BackupRetentionPeriod ?? "1",
    DBSecurityGroups: "",
    VpcSecurityGroups: {
      VpcSecurityGroupMembership: instance.securityGroups.map((id) => ({
        VpcSecurityGroupId: id,
        Status: "active",
      })),
    },
    DBParameterGroups: {
      DBParameterGroup: [
        {
          DBParameterGroupName: settings.DBParameterGroupName ?? `default.postgres${majorVersion(version)}`,
          ParameterApplyStatus: "in-sync",
        },
      ],
    },
    AvailabilityZone: settings.AvailabilityZone ?? `${place.region}a`,
    ...(subnetGroup === undefined ? {} : { DBSubnetGroup: describedSubnets(subnetGroup) }),
    PreferredMaintenanceWindow: settings.PreferredMaintenanceWindow?.toLowerCase() ?? "sun:05:00-sun:05:30",
    PendingModifiedValues: "",
    LatestRestorableTime: instance.createdAt,
    MultiAZ: truth("MultiAZ"),
    EngineVersion: version,
    AutoMinorVersionUpgrade: truth("AutoMinorVersionUpgrade", "true"),
    ReadReplicaDBInstanceIdentifiers: "",
    LicenseModel: "postgresql-license",
    Iops: settings.Iops ?? (settings.StorageType === "gp3" ? "3000" : undefined),
    StorageThroughput: settings.StorageThroughput ?? (settings.StorageType === "gp3" ? "125" : undefined),
    OptionGroupMemberships: {
      OptionGroupMembership: [
        {
          OptionGroupName: settings.OptionGroupName ?? `default:postgres-${majorVersion(version)}`,
          Status: "in-sync",
        },
      ],
    },
    PubliclyAccessible: truth("PubliclyAccessible"),
    StorageType: settings.StorageType ?? "gp2",
    DbInstancePort: "0",
    StorageEncrypted: truth("StorageEncrypted"),
    KmsKeyId:
      settings.KmsKeyId ??
      (truth("StorageEncrypted") === "true"
        ? `arn:aws:kms:${place.region}:${place.account}:key/aws-rds`
        : undefined),
    DbiResourceId: instance.resourceId,
    CACertificateIdentifier: settings.CACertificateIdentifier ?? "rds-ca-rsa2048-g1",
    CertificateDetails: {
      CAIdentifier: settings.CACertificateIdentifier ?? "rds-ca-rsa2048-g1",
      ValidTill: "2061-05-25T00:00:00Z",
    },
    DomainMemberships: "",
    CopyTagsToSnapshot: truth("CopyTagsToSnapshot"),
    MonitoringInterval: settings.MonitoringInterval ?? "0",
    MonitoringRoleArn: settings.MonitoringRoleArn,
    DBInstanceArn: instance.arn,
    IAMDatabaseAuthenticationEnabled: truth("EnableIAMDatabaseAuthentication"),
    DatabaseInsightsMode: settings.DatabaseInsightsMode ?? "standard",
    PerformanceInsightsEnabled: String(performance),
    ...(performance
      ? {
          PerformanceInsightsRetentionPeriod: settings.PerformanceInsightsRetentionPeriod ?? "7",
          PerformanceInsightsKMSKeyId:
            settings.PerformanceInsightsKMSKeyId ??
            `arn:aws:kms:${place.region}:${place.account}:key/aws-rds`,
        }
      : {}),
    ...(instance.logExports.length > 0
      ? { EnabledCloudwatchLogsExports: { member: instance.logExports } }
      : {}),
    DeletionProtection: truth("DeletionProtection"),
    AssociatedRoles: "",
    MaxAllocatedStorage: settings.MaxAllocatedStorage,
    TagList: { Tag: instance.tags.map(({ Key, Value }) => ({ Key, Value })) },
    CustomerOwnedIpEnabled: "false",
    ActivityStreamStatus: "stopped",
    BackupTarget: "region",
    NetworkType: settings.NetworkType ?? "IPV4",
    DedicatedLogVolume: truth("DedicatedLogVolume"),
    IsStorageConfigUpgradeAvailable: "false",
    EngineLifecycleSupport: settings.EngineLifecycleSupport ?? "open-source-rds-extended-support",
    ...(instance.secretArn === undefined
      ? {}
      : {
          MasterUserSecret: {
            SecretArn: instance.secretArn,
            SecretStatus: "active",
            KmsKeyId:
              settings.MasterUserSecretKmsKeyId ??
              `arn:aws:kms:${place.region}:${place.account}:key/aws-secretsmanager`,
          },
        }),
  };
}

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBSnapshot.html */
export function describedSnapshot(snapshot: Snapshot): XmlValue {
  const { settings } = snapshot;
  return {
    DBSnapshotIdentifier: snapshot.identifier,
    DBInstanceIdentifier: snapshot.instance,
    SnapshotCreateTime: snapshot.createdAt,
    Engine: settings.Engine,
    EngineVersion: fullVersion(settings.EngineVersion),
    AllocatedStorage: settings.AllocatedStorage ?? "20",
    Status: "available",
    Port: settings.Port ?? "5432",
    MasterUsername: settings.MasterUsername,
    SnapshotType: "manual",
    PercentProgress: "100",
    StorageType: settings.StorageType ?? "gp2",
    Encrypted: settings.StorageEncrypted ?? "false",
    KmsKeyId: settings.KmsKeyId,
    DBSnapshotArn: snapshot.arn,
    LicenseModel: "postgresql-license",
    TagList: { Tag: snapshot.tags.map(({ Key, Value }) => ({ Key, Value })) },
  };
}

function describedSubnets(group: Xml): XmlValue {
  return {
    DBSubnetGroupName: textAt(group, "DBSubnetGroupName"),
    DBSubnetGroupDescription: textAt(group, "DBSubnetGroupDescription"),
    VpcId: textAt(group, "VpcId"),
    SubnetGroupStatus: "Complete",
    Subnets: {
      Subnet: subnetsOf(group).map((id) => ({ SubnetIdentifier: id, SubnetStatus: "Active" })),
    },
  };
}

/** The subnets of a group. */
export function subnetsOf(group: Xml): readonly string[] {
  return elementsAt(group, "Subnets", "Subnet").map((one) => textAt(one, "SubnetIdentifier"));
}
