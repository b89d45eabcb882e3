#!/usr/bin/env python3
"""A stand-in for `patientflow serve`: the dashboard's files and invented answers for every endpoint, standard library only.

    python3 mock_server.py --port 8090 --echarts path/to/echarts.min.js [--state live]

POST /mock/state?name=empty|live|quiet|stale|partial|error|simulated   switch what the server pretends
POST /mock/flood?updates=10000     send that many `live` events as fast as the reader takes them
POST /mock/cut?seconds=4           drop every stream and refuse new ones for a while
POST /mock/slow?milliseconds=800   delay every answer
"""

import argparse
import csv
import io
import json
import mimetypes
import pathlib
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import mock_answers
import mock_data

ROOT = pathlib.Path(__file__).resolve().parents[3]
DASHBOARD = ROOT / "dashboard"
STATES = ["empty", "live", "quiet", "stale", "partial", "error", "simulated"]
POLICY = ("default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'")


class Mock:
    def __init__(self, state, echarts):
        self.world = mock_data.World()
        self.echarts = echarts
        self.lock = threading.Condition()
        self.refuse_until = 0.0
        self.epoch = 0
        self.flood = 0
        self.sent = 0
        self.delay = 0.0
        self.switch(state)

    def switch(self, state):
        with self.lock:
            self.world.state = state
            self.world.silent = {3} if state == "partial" else set()
            if state == "stale":
                self.world.committed -= mock_data.dt.timedelta(seconds=260)
            else:
                self.world.committed = self.world.now()
            if state == "quiet":
                self.world.committed -= mock_data.dt.timedelta(seconds=95)
            self.world.last_event = {h: self.world.now() - mock_data.dt.timedelta(seconds=1520 if h in self.world.silent else 4)
                                     for h, _ in mock_data.HOSPITALS}
            self.world.batch += 1
            self.lock.notify_all()

    def run(self):
        while True:
            time.sleep(1.0)
            with self.lock:
                self.world.tick(9)
                self.lock.notify_all()


def problem(status, title, detail, **more):
    return status, {"type": "about:blank", "title": title, "status": status, "detail": detail} | more


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    mock: Mock

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind, **headers):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-cache")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def fail(self, status, title, detail, **more):
        status, body = problem(status, title, detail, **more)
        self.answer(status, json.dumps(body), "application/problem+json")

    def do_GET(self):
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        if url.path.startswith("/api/v1/"):
            time.sleep(self.mock.delay)
            self.api(url.path[8:], query)
        elif url.path == "/vendor/echarts.min.js":
            self.answer(200, pathlib.Path(self.mock.echarts).read_bytes(), "text/javascript")
        else:
            self.file("index.html" if url.path == "/" else url.path.lstrip("/"))

    def file(self, name):
        path = (DASHBOARD / name).resolve()
        if DASHBOARD not in path.parents or not path.is_file():
            return self.fail(404, "Not found", "There is no such page.")
        self.answer(200, path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream")

    def api(self, name, query):
        if name == "events":
            return self.events()
        if name not in mock_answers.ENDPOINTS:
            return self.fail(404, "Not found", "docs/api/openapi.yaml lists what there is.")
        if self.mock.world.state == "error" and name not in ("definitions", "dimensions"):
            return self.fail(503, "The store cannot be read", "The database file is locked by another process. Stop it, or start this server with its own store.")
        as_csv = query.pop("format", "") == "csv" or "text/csv" in self.headers.get("Accept", "")
        table = query.pop("table", None)
        function, tables = mock_answers.ENDPOINTS[name]
        if table and (len(tables) < 2 or table not in tables):
            return self.fail(400, "A parameter is wrong", f"The lists of this address: {', '.join(tables) or 'none'}.", parameter="table")
        with self.mock.lock:
            known = {"hospital": [str(h) for h, _ in mock_data.HOSPITALS], "department": [d[0] for d in mock_data.DEPARTMENTS],
                     "gender": mock_data.GENDERS, "age_band": mock_data.AGE_BANDS, "period": list(mock_data.PERIODS)}
            for key, value in query.items():
                if key in known and value not in known[key] and self.mock.world.state != "empty":
                    return self.fail(400, f"Unknown {key}", f"There is no {key} \"{value}\". GET /api/v1/dimensions lists them.", parameter=key)
            body = function(self.mock.world, query)
        if "hospital" in query and "time_zone" in body and self.mock.world.state != "empty":
            body["time_zone"] = mock_data.ZONES.get(int(query["hospital"]), mock_data.ZONE)
        if not as_csv:
            return self.answer(200, json.dumps(body), "application/json")
        rows, out = body[table or tables[0]], io.StringIO()
        if rows:
            writer = csv.DictWriter(out, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        self.answer(200, out.getvalue(), "text/csv; charset=utf-8", Content_Disposition=f'attachment; filename="{name}-{table or tables[0]}.csv"')

    def events(self):
        mock = self.mock
        if time.monotonic() < mock.refuse_until or mock.world.state == "error":
            return self.fail(503, "Not ready", "Try again in a moment.")
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        epoch, batch, beat = mock.epoch, None, 0.0
        try:
            self.wfile.write(b"retry: 2000\n\n")
            while epoch == mock.epoch:
                with mock.lock:
                    if mock.flood > 0:
                        mock.flood -= 1
                        mock.sent += 1
                        mock.world.tick(3)
                    elif batch == mock.world.batch:
                        mock.lock.wait(max(0.05, beat - time.monotonic()))
                    world, out = mock.world, []
                    if world.batch != batch:
                        batch = world.batch
                        out.append(f"id: {batch}\nevent: live\ndata: {json.dumps(world.live())}\n\n")
                    if time.monotonic() >= beat:
                        beat = time.monotonic() + 2
                        out.append(f"event: heartbeat\ndata: {json.dumps(world.heartbeat())}\n\n")
                self.wfile.write("".join(out).encode())
                self.wfile.flush()
        except OSError:
            return  # the reader has gone

    def do_POST(self):
        url = urlsplit(self.path)
        query, mock = dict(parse_qsl(url.query)), self.mock
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if url.path == "/patient-flow/messages":
            try:
                json.loads(body)
            except ValueError:
                return self.fail(400, "Not JSON", "Send one JSON object.")
            mock.switch("live")
            return self.answer(201, b"", "text/plain")
        if url.path == "/mock/state" and query.get("name") in STATES:
            mock.switch(query["name"])
        elif url.path == "/mock/flood":
            with mock.lock:
                mock.sent, mock.flood = 0, int(query.get("updates", 10000))
                mock.lock.notify_all()
        elif url.path == "/mock/cut":
            with mock.lock:
                mock.refuse_until = time.monotonic() + float(query.get("seconds", 4))
                mock.epoch += 1
                mock.lock.notify_all()
        elif url.path == "/mock/slow":
            mock.delay = float(query.get("milliseconds", 0)) / 1000
        else:
            return self.fail(404, "Not found", "See the top of mock_server.py.")
        self.answer(200, json.dumps({"sent": mock.sent, "left": mock.flood}), "application/json")


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a reader that went away is no error
            super().handle_error(request, client_address)


def serve(port=0, state="live", echarts=None, host="127.0.0.1"):
    """Starts the server in the background and returns it; server_address[1] is the port."""
    mock = Mock(state, echarts or ROOT / ".deps" / "echarts" / "echarts.min.js")
    server = Server((host, port), type("MockHandler", (Handler,), {"mock": mock}))
    server.mock = mock
    threading.Thread(target=mock.run, daemon=True).start()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main():
    parser = argparse.ArgumentParser(description="A stand-in for `patientflow serve`.")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--state", choices=STATES, default="live")
    parser.add_argument("--echarts", help="path of echarts.min.js; default: .deps/echarts in the project")
    arguments = parser.parse_args()
    server = serve(arguments.port, arguments.state, arguments.echarts)
    print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
