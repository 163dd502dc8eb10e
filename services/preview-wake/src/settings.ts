/** What Terraform tells the function by variables. */
export interface Settings {
  /** Bucket of the previews' metadata. */
  readonly bucket: string;

  /** Domain of the previews: each answers as `<name>.<domain>`. */
  readonly domain: string;
}

/** Reads the variables. @throws Error that names those that are missing or wrong. */
export function settingsOf({
  STATE_BUCKET: bucket = "",
  DOMAIN: domain = "",
}: Readonly<Record<string, string | undefined>>): Settings {
  const faults = [
    ...(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)
      ? []
      : [`STATE_BUCKET is ${JSON.stringify(bucket)}: use e.g. groundplan-state-123456789012`]),
    ...(/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9-]+$/.test(domain)
      ? []
      : [`DOMAIN is ${JSON.stringify(domain)}: use e.g. previews.example.com`]),
  ];
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return { bucket, domain };
}
