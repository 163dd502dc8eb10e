import type { ClusterDescription } from "../cluster/description";
import type { IssuedCredentials } from "../credentials/issued";
import type { EngineName } from "../engines/engine";
import type { Correction, Guard, OwnService } from "../gateway/service";
import type { Hosts } from "../hosts/hosts";

/** One AWS service: who answers for it, why, and what is mended of the answers. */
export interface Service {
  /** Name that the service signs with, which is its folder's name too. */
  readonly name: string;

  /** Who answers: an emulator, or the gateway with the service's own operations. */
  readonly engine: EngineName | "gateway";

  /** Why that one. */
  readonly why: string;

  /** Makes the operations that the gateway answers itself. @default - the emulator answers all */
  readonly operations?: (context: ServiceContext) => OwnService;

  /**
   * Makes what mends the emulator's answers: each gets the answer of the one before.
   *
   * @default - none
   */
  readonly corrections?: (context: ServiceContext) => readonly Correction[];

  /** Refuses what AWS refuses and the emulator carries out; the first that refuses counts. @default - none */
  readonly guards?: readonly Guard[];

  /**
   * Python files of its folder whose `install()` changes the emulator before it starts, e.g. `patch.py`.
   *
   * @default - none
   */
  readonly patches?: readonly string[];
}

/** What the services of one start have. */
export interface ServiceContext {
  /** File in which a service keeps its state; undefined for memory only. */
  readonly stateFile: string | undefined;

  /** The access keys that were given out here. */
  readonly credentials: IssuedCredentials;

  /** What runs containers and databases, and what load balancers know of it. */
  readonly hosts: Hosts;

  /** The local Kubernetes cluster, when it runs. */
  readonly cluster: () => ClusterDescription | undefined;
}
