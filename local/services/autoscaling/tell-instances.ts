import type { Correction } from "../../gateway/service";
import type { Hosts } from "../../hosts/hosts";

/** Operations that change nothing of a group. */
const READING = /^(?:Describe|Get)/;

/** After each change of a group, instances of it may have been made or ended: those that boot are looked at. */
export function tellInstances(hosts: Hosts): Correction {
  return {
    applies: ({ operation }) => !READING.test(operation),
    async correct(request, forward) {
      const response = await forward(request);
      hosts.instanceChanges.note();
      return response;
    },
  };
}
