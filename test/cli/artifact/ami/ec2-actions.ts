import type { RegionState, StoredImage } from "./ec2-state";

/** A refusal with EC2's code. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

type Xml = string | number | boolean | readonly Xml[] | { readonly [key: string]: Xml };

/** A value as EC2 writes it: the parts of a list are `item`. */
function xml(value: Xml, item = "item"): string {
  if (Array.isArray(value)) return value.map((one) => `<${item}>${xml(one as Xml, item)}</${item}>`).join("");
  if (typeof value === "object")
    return Object.entries(value)
      .map(([key, one]) => `<${key}>${xml(one as Xml, item)}</${key}>`)
      .join("");
  return String(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

const tagSet = (tags: ReadonlyMap<string, string>) => [...tags].map(([key, value]) => ({ key, value }));

/** Values of `Name.1`, `Name.2` … */
function list(params: URLSearchParams, name: string): readonly string[] {
  const found: string[] = [];
  for (let at = 1; params.has(`${name}.${at}`); at += 1) found.push(params.get(`${name}.${at}`) ?? "");
  return found;
}

function filters(params: URLSearchParams): readonly (readonly [name: string, values: readonly string[]])[] {
  const found: [string, readonly string[]][] = [];
  for (let at = 1; params.has(`Filter.${at}.Name`); at += 1)
    found.push([params.get(`Filter.${at}.Name`) ?? "", list(params, `Filter.${at}.Value`)]);
  return found;
}

/** Whether something passes all filters. @param value - of what is no tag. */
function passes(
  params: URLSearchParams,
  tags: ReadonlyMap<string, string>,
  value: (name: string) => string | undefined,
): boolean {
  return filters(params).every(([name, values]) => {
    const has = name.startsWith("tag:") ? tags.get(name.slice(4)) : value(name);
    if (has === undefined && !name.startsWith("tag:") && value(name) === undefined)
      throw new Refused("InvalidParameterValue", `The filter '${name}' is invalid`);
    return has !== undefined && values.some((one) => isLike(has, one));
  });
}

/** Whether a value is as a filter says it, with `*` for whatever characters. */
function isLike(value: string, pattern: string): boolean {
  const parts = pattern.split("*").map((one) => one.replaceAll(/[^\w]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(value);
}

/** One page of a list. */
function page<T>(all: readonly T[], params: URLSearchParams): { items: readonly T[]; next: Xml } {
  const size = Number(params.get("MaxResults") ?? params.get("MaxRecords") ?? all.length) || 1;
  const start = Number(params.get("NextToken") ?? 0);
  const end = start + size;
  return { items: all.slice(start, end), next: end < all.length ? { nextToken: String(end) } : {} };
}

function tagsGiven(params: URLSearchParams, kind: string): Map<string, string> {
  const tags = new Map<string, string>();
  for (let at = 1; params.has(`TagSpecification.${at}.ResourceType`); at += 1) {
    if (params.get(`TagSpecification.${at}.ResourceType`) !== kind) continue;
    for (let one = 1; params.has(`TagSpecification.${at}.Tag.${one}.Key`); one += 1)
      tags.set(
        params.get(`TagSpecification.${at}.Tag.${one}.Key`) ?? "",
        params.get(`TagSpecification.${at}.Tag.${one}.Value`) ?? "",
      );
  }
  return tags;
}

function imageIn(state: RegionState, id: string): StoredImage {
  const image = state.images.get(id);
  if (!image) throw new Refused("InvalidAMIID.NotFound", `The image id '[${id}]' does not exist`);
  return image;
}

const imageXml = (image: StoredImage, state: RegionState): Xml => ({
  imageId: image.id,
  name: image.name,
  imageState: image.state,
  creationDate: image.created,
  imageOwnerId: "123456789012",
  isPublic: image.permissions.has("all"),
  architecture: "arm64",
  deregistrationProtection: image.isProtected ? "enabled-without-cooldown" : "disabled",
  blockDeviceMapping: image.snapshots.map((snapshotId) => ({
    deviceName: "/dev/sda1",
    ebs: { snapshotId, volumeSize: 8, encrypted: image.encrypted, volumeType: "gp3" },
  })),
  tagSet: tagSet(image.tags),
  region: state.name,
});

type Action = (state: RegionState, params: URLSearchParams) => Xml;

const EC2: Readonly<Record<string, Action>> = {
  DescribeImages(state, params) {
    const ids = list(params, "ImageId");
    const all = ids.length > 0 ? ids.map((id) => imageIn(state, id)) : [...state.images.values()];
    const seen = all.filter((image) => {
      if (image.state === "disabled" && params.get("IncludeDisabled") !== "true" && ids.length === 0)
        return false;
      const value = (name: string) =>
        ({
          name: image.name,
          state: image.state,
          "image-id": image.id,
          "is-public": String(image.permissions.has("all")),
        })[name];
      return passes(params, image.tags, value);
    });
    const { items, next } = page(seen, params);
    const answer = { imagesSet: items.map((image) => imageXml(image, state)), ...(next as object) };
    for (const image of items) {
      if (image.pending > 0) image.pending -= 1;
      else if (image.state === "pending") image.state = "available";
    }
    return answer;
  },
  DescribeSnapshots(state, params) {
    const { items, next } = page(
      [...state.snapshots.values()].filter(({ tags }) => passes(params, tags, () => undefined)),
      params,
    );
    const snapshotSet = items.map(({ id, created, description, tags }) => ({
      snapshotId: id,
      startTime: created,
      description,
      volumeSize: 8,
      fullSnapshotSizeInBytes: 2_000_000_000,
      tagSet: tagSet(tags),
    }));
    return { snapshotSet, ...(next as object) };
  },
  DescribeInstances(state, params) {
    const { items, next } = page(
      [...state.instances.values()].filter(
        ({ id, image, state: is, tags, groups: [group = ""] = [] }) =>
          (list(params, "InstanceId").length === 0 || list(params, "InstanceId").includes(id)) &&
          passes(
            params,
            tags,
            (name) => ({ "image-id": image, "instance-state-name": is, "instance.group-id": group })[name],
          ),
      ),
      params,
    );
    const instancesSet = items.map(({ id, image, state: is, launched, tags, key, groups = [] }) => ({
      instanceId: id,
      imageId: image,
      launchTime: launched,
      privateIpAddress: "10.0.0.7",
      instanceState: { code: 16, name: is },
      ...(key === undefined ? {} : { keyName: key }),
      groupSet: groups.map((groupId) => ({ groupId })),
      tagSet: tagSet(tags),
    }));
    return { reservationSet: [{ reservationId: "r-1", instancesSet }], ...(next as object) };
  },
  DescribeLaunchTemplates(state, params) {
    const { items, next } = page(state.templates, params);
    return {
      launchTemplates: items.map(({ name }) => ({
        launchTemplateId: `lt-${name}`,
        launchTemplateName: name,
      })),
      ...(next as object),
    };
  },
  DescribeLaunchTemplateVersions(state, params) {
    const template = state.templates.find(({ name }) => `lt-${name}` === params.get("LaunchTemplateId"));
    if (!template) throw new Refused("InvalidLaunchTemplateId.NotFound", "no such template");
    const { items, next } = page(template.images, params);
    return {
      launchTemplateVersionSet: items.map((imageId, at) => ({
        launchTemplateId: `lt-${template.name}`,
        versionNumber: at + 1,
        createTime: template.since,
        launchTemplateData: { imageId },
      })),
      ...(next as object),
    };
  },
  DescribeFleets: (state, params) => {
    const { items, next } = page(state.fleets, params);
    return {
      fleetSet: items.map(({ name, images, since }) => ({
        fleetId: name,
        fleetState: "active",
        createTime: since,
        launchTemplateConfigs: [{ overrides: images.map((imageId) => ({ imageId })) }],
      })),
      ...(next as object),
    };
  },
  DescribeSpotFleetRequests: (state, params) => {
    const { items, next } = page(state.spotFleets, params);
    return {
      spotFleetRequestConfigSet: items.map(({ name, images, since }) => ({
        spotFleetRequestId: name,
        spotFleetRequestState: "active",
        createTime: since,
        spotFleetRequestConfig: { launchSpecifications: images.map((imageId) => ({ imageId })) },
      })),
      ...(next as object),
    };
  },
  ListImagesInRecycleBin: (state) => ({ imageSet: [...state.recycled].map((imageId) => ({ imageId })) }),
  DescribeImageAttribute(state, params) {
    const image = imageIn(state, params.get("ImageId") ?? "");
    return {
      imageId: image.id,
      launchPermission: [...image.permissions].map((who) =>
        who === "all" ? { group: who } : { userId: who },
      ),
    };
  },
  ModifyImageAttribute(state, params) {
    const image = imageIn(state, params.get("ImageId") ?? "");
    for (let at = 1; params.has(`LaunchPermission.Add.${at}.Group`); at += 1) {
      if (state.blocksPublic)
        throw new Refused(
          "OperationNotPermitted",
          "You can't publicly share this image because block public access is enabled",
        );
      if (image.encrypted)
        throw new Refused("InvalidParameterValue", "Snapshots encrypted cannot be shared publicly");
      const others = [...state.images.values()].filter((one) => one !== image && one.permissions.has("all"));
      if (others.length >= state.quota)
        throw new Refused("ResourceLimitExceeded", `You have reached your quota of ${state.quota}`);
      image.permissions.add("all");
    }
    for (let at = 1; params.has(`LaunchPermission.Add.${at}.UserId`); at += 1)
      image.permissions.add(params.get(`LaunchPermission.Add.${at}.UserId`) ?? "");
    return { return: true };
  },
  ModifySnapshotAttribute(state, params) {
    const snapshot = state.snapshots.get(params.get("SnapshotId") ?? "");
    if (!snapshot) throw new Refused("InvalidSnapshot.NotFound", "no such snapshot");
    for (let at = 1; params.has(`CreateVolumePermission.Add.${at}.Group`); at += 1)
      snapshot.volumes.add("all");
    for (let at = 1; params.has(`CreateVolumePermission.Add.${at}.UserId`); at += 1)
      snapshot.volumes.add(params.get(`CreateVolumePermission.Add.${at}.UserId`) ?? "");
    return { return: true };
  },
  DeregisterImage(state, params) {
    const image = imageIn(state, params.get("ImageId") ?? "");
    if (image.isProtected) throw new Refused("OperationNotPermitted", "deregistration protection");
    state.images.delete(image.id);
    if (state.keepsDeleted) state.recycled.add(image.id);
    return { return: true };
  },
  DeleteSnapshot(state, params) {
    const id = params.get("SnapshotId") ?? "";
    if (!state.snapshots.has(id)) throw new Refused("InvalidSnapshot.NotFound", "no such snapshot");
    if ([...state.images.values()].some(({ snapshots }) => snapshots.includes(id)))
      throw new Refused("InvalidSnapshot.InUse", `The snapshot ${id} is currently in use by an AMI`);
    state.snapshots.delete(id);
    return { return: true };
  },
  CopyImage(state, params) {
    const name = params.get("Name") ?? "";
    const source = imageIn(state.other(params.get("SourceRegion") ?? ""), params.get("SourceImageId") ?? "");
    if (source.state !== "available") throw new Refused("IncorrectState", "the source is not available");
    const same = [...state.images.values()].find((image) => image.name === name);
    if (same)
      throw new Refused("InvalidAMIName.Duplicate", `AMI name ${name} is already in use by AMI ${same.id}`);
    const tags = Object.fromEntries(tagsGiven(params, "image"));
    const snapshot = state.addSnapshot(
      `Copied for DestinationAmi ami-00 from SourceAmi ${source.id}`,
      tagsGiven(params, "snapshot"),
      new Date().toISOString(),
    );
    const encrypted = source.encrypted || params.get("Encrypted") === "true";
    const image = state.addImage({
      name,
      tags,
      snapshots: [snapshot.id],
      state: state.copyTakes < 0 ? "available" : "pending",
      encrypted,
    });
    image.pending = state.copyTakes;
    return { imageId: image.id };
  },
  CreateTags(state, params) {
    for (const id of list(params, "ResourceId")) {
      const { images, snapshots, instances, keyPairs, securityGroups } = state;
      const one = [images, snapshots, instances, keyPairs, securityGroups]
        .map((all) => all.get(id))
        .find((found) => found !== undefined);
      if (!one) throw new Refused("InvalidID", id);
      for (let at = 1; params.has(`Tag.${at}.Key`); at += 1)
        one.tags.set(params.get(`Tag.${at}.Key`) ?? "", params.get(`Tag.${at}.Value`) ?? "");
    }
    return { return: true };
  },
  GetImageBlockPublicAccessState: ({ blocksPublic }) => ({
    imageBlockPublicAccessState: blocksPublic ? "block-new-sharing" : "unblocked",
  }),
  DescribeRegions: (state) => ({
    regionInfo: ["us-east-1", "us-west-2", "eu-west-1", "ap-east-1"].map((regionName) => ({
      regionName,
      optInStatus: state.other(regionName).isEnabled ? "opt-in-not-required" : "not-opted-in",
    })),
  }),
  GetEbsEncryptionByDefault: ({ encryptsAll }) => ({ ebsEncryptionByDefault: encryptsAll }),
  DescribeVpcs: ({ hasDefaultVpc }) => ({
    vpcSet: hasDefaultVpc ? [{ vpcId: "vpc-1", isDefault: true }] : [],
  }),
  DescribeSubnets: ({ subnet, hasDefaultSubnets }, params) => ({
    subnetSet: passes(
      params,
      new Map(),
      (name) =>
        ({ "subnet-id": subnet, "default-for-az": String(hasDefaultSubnets), "vpc-id": "vpc-1" })[name],
    )
      ? [{ subnetId: subnet, vpcId: "vpc-1" }]
      : [],
  }),
  TerminateInstances(state, params) {
    for (const id of list(params, "InstanceId")) {
      const instance = state.instances.get(id);
      if (instance) Object.assign(instance, { state: "terminated", groups: [] });
    }
    return { instancesSet: [] };
  },
  RunInstances(state, params) {
    imageIn(state, params.get("ImageId") ?? "");
    const tags = Object.fromEntries(tagsGiven(params, "instance"));
    const made = Array.from({ length: Number(params.get("MaxCount")) }, () =>
      Object.assign(state.addInstance(params.get("ImageId") ?? "", tags), {
        state: state.startsAs,
        groups: state.startsAs === "terminated" ? [] : list(params, "SecurityGroupId"),
        key: params.get("KeyName") ?? undefined,
      }),
    );
    return { reservationId: "r-1", instancesSet: made.map(({ id }) => ({ instanceId: id })) };
  },
  ImportKeyPair(state, params) {
    const tags = tagsGiven(params, "key-pair");
    const { name: keyName, id: keyPairId } = state.addKeyPair(params.get("KeyName") ?? "", tags);
    return { keyName, keyPairId, tagSet: tagSet(tags) };
  },
  DeleteKeyPair(state, params) {
    for (const { id, name } of state.keyPairs.values())
      if (id === params.get("KeyPairId") || name === params.get("KeyName")) state.keyPairs.delete(id);
    return { return: true };
  },
  CreateSecurityGroup(state, params) {
    const [name = "", description = ""] = ["GroupName", "GroupDescription"].map(
      (one) => params.get(one) ?? "",
    );
    const tags = tagsGiven(params, "security-group");
    return { groupId: state.addSecurityGroup(name, description, tags).id, tagSet: tagSet(tags) };
  },
  AuthorizeSecurityGroupIngress: () => ({ return: true }),
  DeleteSecurityGroup(state, params) {
    const id = params.get("GroupId") ?? "";
    if ([...state.instances.values()].some(({ groups = [] }) => groups.includes(id)))
      throw new Refused("DependencyViolation", `resource ${id} has a dependent object`);
    state.securityGroups.delete(id);
    return { return: true };
  },
  DescribeSecurityGroups: ({ securityGroups }, params) => ({
    securityGroupInfo: [...securityGroups.values()]
      .filter(({ name, description, tags }) =>
        passes(params, tags, (one) => ({ "group-name": name, description })[one]),
      )
      .map(({ id, name, tags }) => ({ groupId: id, groupName: name, tagSet: tagSet(tags) })),
  }),
  DescribeKeyPairs: ({ keyPairs }, params) => ({
    keySet: [...keyPairs.values()]
      .filter(({ name, tags }) => passes(params, tags, (one) => ({ "key-name": name })[one]))
      .map(({ id, name, tags }) => ({ keyPairId: id, keyName: name, tagSet: tagSet(tags) })),
  }),
  DescribeVolumes: () => ({ volumeSet: [] }),
};

/** Lists of autoscaling are `member`s. */
const AUTOSCALING: Readonly<Record<string, Action>> = {
  DescribeAutoScalingGroups: ({ groups }) => ({
    AutoScalingGroups: groups.map(({ name, images, since }) => ({
      AutoScalingGroupName: name,
      CreatedTime: since,
      MixedInstancesPolicy: { LaunchTemplate: { Overrides: images.map((ImageId) => ({ ImageId })) } },
    })),
  }),
  DescribeLaunchConfigurations: ({ configurations }) => ({
    LaunchConfigurations: configurations.map(({ name, images, since }) => ({
      LaunchConfigurationName: name,
      ImageId: images[0] ?? "",
      CreatedTime: since,
    })),
  }),
};

const JSON_ACTIONS: Readonly<Record<string, (state: RegionState, input: Record<string, never>) => object>> = {
  DescribeParameters: ({ parameters }) => ({
    Parameters: [...parameters.keys()]
      .filter((name) => !name.includes(":"))
      .map((Name) => ({ Name, LastModifiedDate: Date.parse("2026-02-03T00:00:00Z") / 1000 })),
  }),
  GetParameters: ({ parameters, unreadable }, { Names = [] }) => {
    const denied = (Names as readonly string[]).find((one) => unreadable.has(one));
    if (denied !== undefined)
      throw new Refused("AccessDeniedException", `not authorized to perform ssm:GetParameters on ${denied}`);
    return {
      Parameters: (Names as readonly string[]).flatMap((asked) => {
        const value = parameters.get(asked);
        const [Name, rest] = asked.split(":");
        return value === undefined ? [] : [{ Name, Value: value, ...(rest ? { Selector: `:${rest}` } : {}) }];
      }),
    };
  },
  GetParameter(state, { Name = "" }) {
    for (const one of state.offered.splice(0)) {
      one.reads -= 1;
      if (one.reads > 0) state.offered.push(one);
      else take(state, one.name, one.value);
    }
    const [name = "", number] = String(Name).split(":");
    const versions = state.parameterVersions.get(name) ?? [state.parameters.get(name) ?? ""];
    const Version = number === undefined ? versions.length : Number(number);
    const Value = versions[Version - 1] ?? "";
    if (Value === "") throw new Refused(number ? "ParameterVersionNotFound" : "ParameterNotFound", name);
    const DataType = state.parameterTypes.get(name) ?? "aws:ec2:image";
    return { Parameter: { Name: name, Value, Version, DataType } };
  },
  // The answer comes first, and AWS looks at the AMI after it.
  PutParameter(state, { Name = "", Value = "", Overwrite, Tags }) {
    const name = String(Name);
    const exists = state.parameters.has(name);
    if (exists && !Overwrite) throw new Refused("ParameterAlreadyExists", name);
    if (Overwrite && Tags)
      throw new Refused("ValidationException", "tags and overwrite can't be used together");
    const before = state.parameterVersions.get(name) ?? (exists ? [state.parameters.get(name)] : []);
    if (state.images.get(Value)?.state === "available")
      state.offered.push({ name, value: Value, reads: state.acceptanceTakes });
    return { Version: before.length + 1 };
  },
  DescribeKey({ keys }, { KeyId = "" }) {
    const key = keys.get(String(KeyId));
    if (!key) throw new Refused("NotFoundException", `Alias ${KeyId} is not found.`);
    return {
      KeyMetadata: { KeyId: "1", KeyState: key.state, KeySpec: key.spec, KeyUsage: "ENCRYPT_DECRYPT" },
    };
  },
  GetServiceQuota: ({ quota }) => ({ Quota: { QuotaCode: "L-0E3CBAB9", Value: quota } }),
};

/** Stores a value as the newest version of a parameter. */
export function take(state: RegionState, name: string, value: string): void {
  const known = state.parameters.get(name);
  const before = state.parameterVersions.get(name) ?? (known === undefined ? [] : [known]);
  state.parameterVersions.set(name, [...before, value]);
  state.parameters.set(name, value);
}

/** What a Region answers. @throws Refused with a code of AWS. */
export function answerOf(
  state: RegionState,
  service: string,
  action: string,
  params: URLSearchParams,
): string {
  if (["ssm", "servicequotas", "kms"].includes(service)) {
    const answer = JSON_ACTIONS[action]?.(state, JSON.parse(params.get("json") || "{}"));
    if (!answer) throw new Error(`the stand-in knows no ${service}:${action}`);
    return JSON.stringify(answer);
  }
  if (service === "autoscaling") {
    const answer = AUTOSCALING[action]?.(state, params);
    if (answer === undefined) throw new Error(`the stand-in knows no ${service}:${action}`);
    return `<${action}Response><${action}Result>${xml(answer, "member")}</${action}Result></${action}Response>`;
  }
  if (service === "sts" && action === "GetCallerIdentity")
    return "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
  const answer = EC2[action]?.(state, params);
  if (answer === undefined) throw new Error(`the stand-in knows no ${service}:${action}`);
  return `<${action}Response><requestId>r</requestId>${xml(answer)}</${action}Response>`;
}
