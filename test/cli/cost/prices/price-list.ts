import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A product of the price list. */
export interface Listed {
  readonly service: string;
  readonly attributes: Readonly<Record<string, string>>;

  /** US dollars for one unit, from a number of units on. */
  readonly tiers: readonly (readonly [from: string, usd: string])[];
}

/**
 * AWS's Price List Query API over HTTP, as its service model says it: JSON 1.1, `X-Amz-Target:
 * AWSPriceListService.GetProducts`, filters that all have to match, pages, and products as JSON in texts.
 *
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
 */
export class PriceList {
  /** What was asked, as service and filters. */
  readonly asked: string[] = [];

  /** Answers that are an error, the next first. */
  readonly failures: { readonly status: number; readonly type: string }[] = [];

  /** Whether an answer is no price list at all. */
  broken = false;
  private server: Server | undefined;

  /** @param page - products in one answer. */
  constructor(
    private readonly products: readonly Listed[],
    private readonly page = 100,
  ) {}

  async start(): Promise<string> {
    const server = createServer(async (request, response) => {
      const [status, body] = this.answer(request, await textOf(request));
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
      response.end(JSON.stringify(body));
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private answer({ headers }: IncomingMessage, text: string): readonly [number, object] {
    if (headers["x-amz-target"] !== "AWSPriceListService.GetProducts" || !headers.authorization) {
      return [400, { __type: "UnknownOperationException" }];
    }
    const failure = this.failures.shift();
    if (failure) return [failure.status, { __type: failure.type, message: "as it is told" }];
    const { ServiceCode, Filters = [], MaxResults = 100, NextToken } = JSON.parse(text);
    const filters: readonly { Type: string; Field: string; Value: string }[] = Filters;
    if (MaxResults > 100 || filters.some(({ Type }) => Type !== "TERM_MATCH")) {
      return [400, { __type: "InvalidParameterException", message: "as AWS says it" }];
    }
    this.asked.push(`${ServiceCode} ${filters.map(({ Field, Value }) => `${Field}=${Value}`).join(" ")}`);
    if (this.broken) return [200, { FormatVersion: "aws_v1", PriceList: ["<html>"] }];
    const found = this.products.filter(
      ({ service, attributes }) =>
        service === ServiceCode && filters.every(({ Field, Value }) => attributes[Field] === Value),
    );
    const from = NextToken === undefined ? 0 : Number(NextToken);
    const size = Math.min(this.page, MaxResults);
    const more = from + size < found.length ? { NextToken: String(from + size) } : {};
    return [200, { FormatVersion: "aws_v1", PriceList: found.slice(from, from + size).map(entry), ...more }];
  }
}

/** A product as the list writes it. */
function entry({ service, attributes, tiers }: Listed): string {
  const sku = Buffer.from(JSON.stringify(attributes)).toString("hex").slice(0, 16).toUpperCase();
  const priceDimensions = Object.fromEntries(
    tiers.map(([beginRange, USD], at) => [
      `${sku}.JRTCKXETXF.${at}`,
      {
        unit: "Hrs",
        beginRange,
        endRange: tiers[at + 1]?.[0] ?? "Inf",
        description: "as AWS says it",
        appliesTo: [],
        rateCode: `${sku}.JRTCKXETXF.${at}`,
        pricePerUnit: { USD },
      },
    ]),
  );
  const { productFamily = "", ...rest } = attributes;
  return JSON.stringify({
    product: { productFamily, sku, attributes: rest },
    serviceCode: service,
    terms: {
      OnDemand: {
        [`${sku}.JRTCKXETXF`]: { priceDimensions, sku, offerTermCode: "JRTCKXETXF", termAttributes: {} },
      },
      Reserved: {
        [`${sku}.R`]: { priceDimensions: { [`${sku}.R.1`]: { pricePerUnit: { USD: "0.0000000001" } } } },
      },
    },
    version: "20261129000000",
    publicationDate: "2026-11-29T00:00:00Z",
  });
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
