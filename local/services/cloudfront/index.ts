import type { Service } from "../service";

export const cloudfront: Service = {
  name: "cloudfront",
  engine: "ministack",
  why: "policies, managed ones too, functions with stages, monitoring; moto has distributions alone",
  patches: ["identities.py", "headers_policies.py", "function_etag.py"],
};
