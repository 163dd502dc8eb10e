import type { EngineName } from "../engines/engine";
import type { ServedService } from "../gateway/service";
import type { Service, ServiceContext } from "./service";

/** Makes what the gateway serves of each service. @param stateFileOf - where a service keeps its state, by its name. */
export function serve(
  services: readonly Service[],
  {
    stateFileOf,
    ...shared
  }: Omit<ServiceContext, "stateFile"> & {
    readonly stateFileOf: (name: string) => string | undefined;
  },
): readonly ServedService[] {
  return services.map(({ name, engine, operations, corrections, guards = [] }) => {
    const context = { ...shared, stateFile: stateFileOf(name) };
    return {
      name,
      engine,
      ...(operations ? { own: operations(context) } : {}),
      corrections: corrections?.(context) ?? [],
      guards,
    };
  });
}

/** The Python modules that change an emulator before it starts, e.g. `services.lambda.patch`. */
export function patchesOf(services: readonly Service[], engine: EngineName): readonly string[] {
  return services
    .filter((service) => service.engine === engine)
    .flatMap(({ name, patches = [] }) =>
      patches.map((file) => `services.${name}.${file.replace(/\.py$/, "")}`),
    );
}
