import { type Answer, failed, json } from "./http";

/**
 * SSM parameters with their versions. A write has no condition but that a name is free.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
export class Parameters {
  private readonly values = new Map<string, readonly string[]>();

  answer(operation: string, asked: Readonly<Record<string, unknown>>): Answer {
    if (operation === "GetParametersByPath") {
      const all = [...this.values].filter(([one]) => one.startsWith(`${asked.Path}/`));
      return json({ Parameters: all.map(([Name, values]) => ({ Name, Value: values.at(-1) })) });
    }
    const [name = "", version] = String(asked.Name).split(":");
    const values = this.values.get(name);
    if (operation === "PutParameter") {
      if (values && asked.Overwrite !== true) return failed("ParameterAlreadyExists", `${name} is there`);
      const next = [...(values ?? []), String(asked.Value)];
      this.values.set(name, next);
      return json({ Version: next.length, Tier: "Standard" });
    }
    if (!values) return failed("ParameterNotFound", `no ${name}`);
    if (operation === "DeleteParameter") {
      this.values.delete(name);
      return json({});
    }
    const Version = Number(version ?? values.length);
    const Value = values[Version - 1];
    if (Value === undefined) return failed("ParameterVersionNotFound", `no version ${version} of ${name}`);
    return json({ Parameter: { Name: name, Type: "String", Value, Version } });
  }
}
