interface Event {
  readonly pathParameters?: { readonly name?: string };
}

/** Answers `GET /hello/{name}`. */
export async function handler({ pathParameters }: Event) {
  return {
    statusCode: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ message: `Hello, ${pathParameters?.name ?? "you"}` }),
  };
}
