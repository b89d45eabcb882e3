"""What the end-to-end suites share: the built binary, a running process, questions, and counting of passed and failed checks."""
import contextlib, json, os, pathlib, signal, socket, subprocess, sys, tempfile, time, urllib.error, urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("PATIENTFLOW_TEST_BINARY", str(ROOT / ".build/release/patientflow"))
LONG = os.environ.get("LONG") == "1"


class Checks:
    """Counts checks; a check is a sentence and whether it held."""

    def __init__(self):
        self.passed, self.failed, self.skipped = 0, 0, 0

    def check(self, sentence, holds, detail=""):
        if holds:
            self.passed += 1
            print(f"ok      {sentence}", flush=True)
        else:
            self.failed += 1
            print(f"FAILED  {sentence}  {detail}", flush=True)
        return holds

    def equal(self, sentence, found, wanted):
        return self.check(sentence, found == wanted, f"found {found!r}, wanted {wanted!r}"[:2000])

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        sys.exit(1 if self.failed else 0)


def environment():
    """The caller's environment without settings of its own."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PATIENTFLOW_") or k.startswith("PATIENTFLOW_TEST_")}


def command(*arguments, check=True, **options):
    result = subprocess.run([BINARY, *map(str, arguments)], cwd=ROOT, env=environment(), capture_output=True, text=True, **options)
    if check and result.returncode != 0:
        raise RuntimeError(f"patientflow {arguments[0]} ended with {result.returncode}: {result.stderr[-2000:]}")
    return result


def ask(data, statement, restricted=False):
    """Rows of a question as lists of objects."""
    flags = ["--restricted"] if restricted else []
    return json.loads(command("sql", "--data-dir", data, "--output", "json", "--max-rows", 100000, *flags, statement).stdout)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Process:
    """`patientflow run` on a data folder."""

    def __init__(self, data, *arguments, wait=60, log=None):
        self.data, self.port = str(data), free_port()
        self.log_path = log or str(data) + ".log"
        self.log = open(self.log_path, "ab")
        arguments = [BINARY, "run", "--data-dir", self.data, "--port", str(self.port), *map(str, arguments)]
        self.process = subprocess.Popen(arguments, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        if wait:
            try:
                self.wait_ready(wait)
            except BaseException:  # nobody has a name for it yet and could end it
                self.kill()
                raise

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def wait_ready(self, seconds=60, path="/readyz"):
        """Until `path` answers with 200; `/healthz` for a process that has a reason not to become ready."""
        end = time.time() + seconds
        while time.time() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"the process ended with {self.process.returncode}: {self.log_text()[-2000:]}")
            with contextlib.suppress(OSError, urllib.error.HTTPError):
                urllib.request.urlopen(self.url + path, timeout=2).read()
                return
            time.sleep(0.02)
        raise RuntimeError("not ready in time: " + self.log_text()[-2000:])

    def log_text(self):
        return pathlib.Path(self.log_path).read_text(errors="replace")

    def request(self, path, body=None, headers=None, method=None, timeout=30):
        """(status, headers, body)"""
        request = urllib.request.Request(self.url + path, data=body, headers=headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def post(self, *events, hub="patient-flow", timeout=30):
        """Sends events (objects, text or bytes) as one batch; returns the status."""
        bodies = [e if isinstance(e, str) else json.dumps(e) for e in events]
        body = json.dumps([{"Body": b} for b in bodies]).encode()
        return self.request(f"/{hub}/messages", body, {"Content-Type": "application/vnd.microsoft.servicebus.json"}, timeout=timeout)[0]

    def wait_committed(self, seconds=60):
        """Until everything that the hub holds is in the store."""
        end = time.time() + seconds
        while time.time() < end:
            status, _, body = self.request("/api/v1/pipeline")
            if status == 200 and json.loads(body).get("lag") == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("the pipeline did not catch up")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self, seconds=15, by=signal.SIGTERM):
        """Asks for a graceful stop; returns (exit status, seconds it took)."""
        begin = time.time()
        if self.process.poll() is None:
            self.process.send_signal(by)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            return None, time.time() - begin
        return self.process.returncode, time.time() - begin

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()


def folder():
    """A temporary folder, gone at the end."""
    return tempfile.TemporaryDirectory(prefix="patient-flow-test-")


def fingerprint(data, tables=None):
    """Every row of silver and gold, by table, in an order of its own; what is computed of the time of computing is left out."""
    prints = {}
    for table, columns in (tables or FINGERPRINT).items():
        rows = ask(data, f"select count(*) as n, md5(cast(coalesce(sum(hash({columns})), 0) as varchar)) as h from {table}", restricted=True)
        prints[table] = (rows[0]["n"], rows[0]["h"])
    return prints


FINGERPRINT = {
    "silver.stay_record": "content_hash, journey_key, encounter_id, patient_id, hospital_id, department, bed_id, gender, age, admission_time, discharge_time, flags",
    "silver.movement_record": "content_hash, journey_key, encounter_id, patient_id, hospital_id, type, occurred_at, recorded_at, department, bed_id, age, flags",
    "silver.movement": "movement_key, journey_key, encounter_id, patient_id, hospital_id, type, occurred_at, department, bed_id, age, is_cancelled, flags",
    "gold.fact_patient_flow": "patient_flow_key, encounter_id, patient_id, patient_key, department_key, hospital_id, department, time_key, arrival_time, admission_time, "
    "discharge_time, expected_discharge_time, admission_date, wait_minutes, length_of_stay_hours, bed_id, age, is_first_visit, is_last_visit, next_department, flags",
    "gold.bed_stay": "bed_stay_key, encounter_id, patient_id, hospital_id, department, bed_id, admission_time, discharge_time",
    "gold.dim_patient": "patient_key, patient_id, gender, birth_year, age_band, effective_from, effective_to, is_current",
    "gold.dim_department": "department_key, hospital_id, department, staffed_beds, closed_beds, effective_from, effective_to, is_current",
    "gold.dim_time": "time_key, time_zone, local_hour, utc_from, utc_to",
    "gold.fact_flow_hourly": "hospital_id, department, hour_at, admissions, discharges, transfers_in, transfers_out, net_change, patient_seconds",
}
