import type { Fault } from "../core/errors";

/** The faults of the id of an IPAM pool. */
export function ipamFaults(poolId: string): readonly Fault[] {
  if (poolId.includes("${") || /^ipam-pool-[0-9a-f]{17}$/.test(poolId)) return [];
  return [
    {
      what: `ipamPoolId is ${JSON.stringify(poolId)}: not the id of an IPAM pool`,
      instead: 'use e.g. "ipam-pool-0123456789abcdef0"',
    },
  ];
}
