import type { Service } from "../service";

export const route53: Service = {
  name: "route53",
  engine: "moto",
  why: "clean; names lead to load balancers under *.localhost",
  patches: ["private_zone.py"],
  corrections: ({ hosts }) => [
    {
      applies: ({ method }) => method !== "GET" && method !== "HEAD",
      async correct(request, forward) {
        const response = await forward(request);
        hosts.routing.note();
        return response;
      },
    },
  ],
};
