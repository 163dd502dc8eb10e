/** Name of a preview, as `groundplan preview` gives it. */
const NAME = /^(?=.{2,40}$)[a-z](?:-?[a-z0-9])+$/;

/**
 * The preview that is asked for by the header `Host`: `<name>.<domain>`, in any case, with a port or none: a listener may
 * have any.
 *
 * @returns undefined for every other host: another domain, a deeper name, what is no name at all.
 */
export function previewOf(host: string | undefined, domain: string): string | undefined {
  const [, name = ""] = /^([a-z0-9-]{1,63})\.[a-z0-9.-]{1,253}$/.exec(hostName(host)) ?? [];
  return hostName(host) === `${name}.${domain}` && NAME.test(name) ? name : undefined;
}

function hostName(host = ""): string {
  return host.length > 300 ? "" : host.toLowerCase().replace(/:\d{1,5}$/, "");
}
