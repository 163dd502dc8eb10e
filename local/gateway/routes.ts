import type { EngineName } from "../engines/engine";
import type { ServedService } from "./service";

/**
 * The emulator that a request is handed on to: that of its service. What is not named goes to moto, which knows most
 * services; an unsigned request is taken for S3's, as a browser's is.
 *
 * @param service - name that the service signs with; undefined for an unsigned request.
 */
export function emulatorOf(
  services: readonly Pick<ServedService, "name" | "engine">[],
  service: string | undefined,
): EngineName {
  if (service === undefined) return "ministack";
  const engine = services.find(({ name }) => name === service)?.engine;
  return engine === undefined || engine === "gateway" ? "moto" : engine;
}
