/** What an element holds: text, elements, or several elements of its name; what is undefined is left out. */
export type XmlValue =
  | string
  | number
  | boolean
  | undefined
  | readonly XmlValue[]
  | { readonly [name: string]: XmlValue };

/** An element in XML. */
export function elementText(name: string, value: XmlValue): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map((one) => elementText(name, one)).join("");
  if (typeof value !== "object") return `<${name}>${escaped(String(value))}</${name}>`;
  const inside = Object.entries(value).map(([key, one]) => elementText(key, one as XmlValue));
  return `<${name}>${inside.join("")}</${name}>`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
