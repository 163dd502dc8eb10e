// Notes in a database: GET /notes lists them, POST /notes adds the body as one.
import { createServer } from "node:http";
import pg from "pg";

const LONGEST = 1000;

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 5 });
pool.on("error", (error) => console.error(error.message));

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    send(response, 500, { message: "it failed; see the logs" });
  });
});

async function answer(request, response) {
  const path = (request.url ?? "/").split("?")[0];
  if (path === "/health") return send(response, 200, { status: "ok" });
  if (path !== "/notes") return send(response, 404, { message: "use /notes" });
  if (request.method === "GET") {
    const { rows } = await pool.query("SELECT id, text FROM notes ORDER BY id DESC LIMIT 100");
    return send(response, 200, { notes: rows });
  }
  if (request.method !== "POST") return send(response, 405, { message: "use GET or POST" });
  const text = await bodyOf(request);
  if (text === "" || text.length > LONGEST)
    return send(response, 400, { message: `write 1 to ${LONGEST} characters` });
  const { rows } = await pool.query("INSERT INTO notes (text) VALUES ($1) RETURNING id", [text]);
  return send(response, 201, rows[0]);
}

async function bodyOf(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > LONGEST) break;
  }
  return text;
}

function send(response, status, value) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

server.listen(Number(process.env.PORT ?? 3000), () => console.log("listening"));
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => server.close(() => pool.end().then(() => process.exit(0))));
}
