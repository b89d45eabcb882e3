import DuckDB
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing

@testable import Serving

@Suite("Users' SQL")
struct SQLTests {
  @Test("A SELECT is answered with columns, their types and rows")
  func answers() async throws {
    let response = try await TestServer.shared().sql(
      "select hospital_id, hospital_name, timestamp '2026-03-02 14:30:00.5' as t, 1.5::decimal(4,2) as d from gold.dim_hospital order by 1;")
    #expect(response.status == .ok)
    let answer = try JSON.read(response.body)
    #expect(answer["columns"][0] == .object(["name": "hospital_id", "type": "integer"]))
    #expect(
      answer["rows"].elements
        == [[1, "Northgate General", "2026-03-02T14:30:00.500000Z", "1.50"], [2, "St Catherine", "2026-03-02T14:30:00.500000Z", "1.50"]].map(
          JSON.array))
    #expect(answer["truncated"] == false)
  }

  static let usualStatements = [
    "select * from gold.fact_patient_flow", "from gold.dim_hospital", "FROM Gold.DIM_Hospital", "select * from \"gold\".\"dim_hospital\"",
    "table gold.dim_hospital",
    "select department, count(*), count(distinct patient_key), avg(length_of_stay_hours), median(wait_minutes), quantile_cont(length_of_stay_hours, 0.9), stddev(age) from gold.fact_patient_flow group by all order by 2 desc",
    "with a as (select * from gold.dim_hospital), b as (select * from a) select * from b join a using (hospital_id)",
    "with recursive n(x) as (select 1 union all select x + 1 from n where x < 5) select * from n",
    "select *, row_number() over (partition by department order by admission_time), lag(age) over (order by admission_time), sum(age) over () from gold.fact_patient_flow qualify row_number() over (order by age) < 3",
    "select date_trunc('hour', admission_time), extract(dow from admission_time), strftime(admission_time, '%H'), admission_time + interval 1 hour, age::varchar || 'x', coalesce(flags, '-'), case when age > 50 then 1 else 0 end from gold.fact_patient_flow",
    "select * from range(5) as r(x), generate_series(1, 3) as g(y)",
    "select unnest([1, 2, 3]), {'a': 1}, [x * 2 for x in [1, 2]], list_transform([1], lambda x: x + 1)",
    "select * from (values (1, 'a'), (2, 'b')) as v(x, y)", "values (1), (2)", "describe gold.dim_hospital", "summarize gold.dim_hospital",
    "show tables", "show all tables",
    "select table_schema, table_name, column_name from information_schema.columns", "select * from silver.stay_record",
    "explain select * from gold.dim_hospital",
    "EXPLAIN ANALYZE select count(*) from gold.dim_hospital", "select pf_key('a'), pf_hours(timestamp '2026-01-01', timestamp '2026-01-02')",
    "select * from gold.dim_hospital where hospital_name like '%North%' and regexp_matches(hospital_name, 'N.*') and hospital_id in (select hospital_id from gold.dim_department)",
    "pivot (select department, age from gold.fact_patient_flow) on department in ('ICU') using count(*)",
    "select * exclude (patient_id) from gold.dim_patient",
    "select 1 -- a comment at the end", "-- a comment before\nselect 1 /* and /* nested */ one */", "select ';' as semicolon ; ",
    "select count(*) filter (where age > 3), arg_max(age, age), string_agg(department, ',') from gold.fact_patient_flow",
    "select now(), current_date, random(), uuid()", "select json_extract('{\"a\":1}', '$.a'), '{\"a\":1}'::json->>'a'",
    "select hospital_id from gold.dim_hospital union all select 3 except select 1 order by 1 limit 5",
    "from dim_hospital", "select * from DIM_Hospital as h join fact_patient_flow using (hospital_id)", "describe fact_patient_flow",
    "summarize dim_hospital", "with clock as (select 1 as x) select x from clock",
    "select sum(x) from range(1000000) as t(x)", "select * from gold.clock as c, lateral (select c.batch + 1) as l",
  ]

  @Test("What an analyst writes runs")
  func usual() async throws {
    try await TestServer.shared().test { client in
      for statement in Self.usualStatements {
        let response = try await TestServer.sql(statement, client: client)
        #expect(response.status == .ok, "\(statement): \(String(buffer: response.body))")
      }
    }
  }

  static let refusedStatements = [
    "insert into gold.dim_hospital values (9)", "update gold.clock set batch = 1", "delete from gold.clock", "truncate gold.clock",
    "create table gold.x as select 1", "create view gold.x as select 1",
    "create temp table x as select 1", "create macro f() as 1", "create sequence s", "drop table gold.clock",
    "alter table gold.clock add column x int", "copy gold.clock to '/tmp/x.csv'", "copy gold.clock from '/etc/passwd'",
    "copy (select 1) to '/tmp/x.csv'", "export database '/tmp/x'", "import database '/tmp/x'", "attach '/tmp/x.db'", "detach memory", "use bronze",
    "install httpfs", "load httpfs", "load '/tmp/x.so'", "pragma database_list",
    "pragma enable_profiling", "pragma json_execute_serialized_sql('x')", "set threads = 1", "reset threads", "set enable_external_access = true",
    "set variable x = 1", "call pragma_version()", "call force_checkpoint()", "checkpoint", "vacuum", "analyze",
    "begin", "commit", "rollback", "prepare p as select 1", "execute p", "deallocate p", "comment on table gold.clock is 'x'",
    "explain insert into gold.clock values (1)", "explain analyze delete from gold.clock",
    "explain analyze copy gold.clock to '/tmp/x.csv'", "explain explain select 1",
    "merge into gold.clock using gold.clock on true when matched then delete", "kill 1", "create secret s (type s3)",
    "with x as (delete from gold.clock returning *) select * from x", "select 1; select 2", "select 1; drop table gold.clock",
    "select 1) as a limit 1; drop table gold.clock; --", "", ";", "-- nothing",
    "from read_csv('/etc/passwd')", "select * from read_csv_auto('/etc/passwd')", "from read_text('/etc/passwd')", "from read_blob('/etc/passwd')",
    "from read_parquet('/etc/passwd')", "from parquet_scan('/etc/passwd')",
    "from read_json('/etc/passwd')", "from read_json_auto('/etc/passwd')", "from read_ndjson('/etc/passwd')",
    "from read_ndjson_objects('/etc/passwd')", "from read_json_objects('/etc/passwd')", "from read_duckdb('/tmp/x.db')",
    "from '/etc/passwd'", "from 'x.csv'", "from \"x.parquet\"", "from gold.\"x.csv\"", "from gold.\"/etc/passwd\"", "from gold.'x.csv'",
    "from glob('/etc/*')", "from sniff_csv('/etc/passwd')", "from parquet_metadata('x')", "from parquet_schema('x')",
    "from parquet_kv_metadata('x')", "from parquet_file_metadata('x')", "from parquet_bloom_probe('x', 'a', 1)", "from query('select 1')",
    "from QUERY('select * from bronze.event')", "from query_table('bronze.event')", "from query_table(['bronze.event'])",
    "from system.main.query('select 1')", "from json_execute_serialized_sql('{}')", "select json_execute_serialized_sql('{}')",
    "from json_execute_serialized_sql(json_serialize_sql('select * from bronze.event'))", "from seq_scan('event')", "from arrow_scan(1, 2, 3)",
    "from arrow_scan_dumb(1, 2, 3)", "from duckdb_secrets()", "from duckdb_settings()", "from duckdb_logs()", "from duckdb_functions()",
    "from duckdb_views()", "from duckdb_databases()", "from duckdb_extensions()", "from pragma_table_info('bronze.event')",
    "from pragma_storage_info('bronze.event')", "from pragma_database_size()", "from pragma_show('bronze.event')", "from which_secret('x', 's3')",
    "from checkpoint()", "from force_checkpoint()", "from test_all_types()", "from summary((select 1))",
    "from enable_logging()", "from truncate_duckdb_logs()", "from enable_profiling()", "from duckdb_table_sample('bronze.event')",
    "from duckdb_external_file_cache()", "from duckdb_temporary_files()", "from duckdb_logs_parsed('x')", "from histogram_values(gold.clock, batch)",
    "select nextval('s')", "select currval('s')", "select getenv('HOME')", "select current_setting('threads')", "select getvariable('x')",
    "select write_log('x')", "select sleep_ms(10000)", "select pg_sleep(1)", "select current_query()", "select system.main.nextval('s')",
    "select setseed(0.5)", "select \"nextval\"('s')", "select NextVal('s')", "select 1 where nextval('s') > 0", "select sum(nextval('s')) over ()",
    "from range(nextval('s'))", "select [nextval('s') for x in [1]]", "select 1 order by nextval('s')",
    "select 1 limit (select nextval('s'))", "select case when nextval('s') > 1 then 1 end", "values (nextval('s'))", "show databases",
    "show variables", "describe bronze.event", "summarize silver.quarantine", "from pg_catalog.pg_tables", "from sqlite_master", "from main.x",
    "from duckdb_tables", "from system.information_schema.tables", "from tables", "from pg_tables", "from duckdb_settings", "from x",
  ]

  @Test("Nothing is written, read from files, or set")
  func refused() async throws {
    let server = try TestServer()
    try await server.test { client in
      for statement in Self.refusedStatements {
        let response = try await TestServer.sql(statement, client: client)
        #expect([.badRequest, .forbidden].contains(response.status), "\(statement): \(response.status) \(String(buffer: response.body))")
        #expect(response.headers[.contentType] == "application/problem+json")
      }
    }
    #expect(try server.fixture.connection.query("select batch from gold.clock").rows == [[42]])
  }

  static let restrictedStatements = [
    "select * from bronze.event", "SELECT * FROM BRONZE.EVENT", "from \"bronze\".\"event\"", "from Bronze.\"Event\"", "from memory.bronze.event",
    "table bronze.event", "from silver.quarantine", "from SILVER.Quarantine", "from \"silver\".quarantine",
    "select (select count(*) from bronze.event)", "select 1 where exists (from bronze.event)",
    "select * from gold.clock where batch in (select hub_offset from bronze.event)", "with x as (from bronze.event) select * from x",
    "with recursive x as (select hub_offset from bronze.event union all select 1 from x where false) from x",
    "with event as (select 1) select * from bronze.event", "with \"bronze.event\" as (select 1) select * from bronze.event",
    "select * from gold.clock join bronze.event on true", "from gold.clock, lateral (from bronze.event)", "from (from (from bronze.event))",
    "select 1 union all select hub_offset from bronze.event", "select * from gold.clock order by (select max(hub_offset) from bronze.event)",
    "select sum(batch) over (order by (select max(hub_offset) from bronze.event)) from gold.clock",
    "select [(select max(hub_offset) from bronze.event)]", "select case when true then (select max(hub_offset) from bronze.event) end",
    "pivot bronze.event on hub_partition in (0) using count(*)",
    "unpivot bronze.event on hub_offset", "describe (from bronze.event)", "summarize bronze.event", "explain select * from bronze.event",
    "explain analyze select * from bronze.event", "from range((select max(hub_offset) from bronze.event))",
    "select count(*) from gold.clock limit (select max(hub_offset) from bronze.event)", "from event", "from quarantine",
    "with event as (from event) from event", "select * from (with q as (select 1) from q) as s, quarantine",
    "select list_transform([1], lambda x: (select max(hub_offset) from bronze.event))",
    "from gold.clock where batch = any (select hub_offset from bronze.event)", "select distinct on ((select max(hub_offset) from bronze.event)) 1",
    "select count(*) filter (where (select true from bronze.event)) from gold.clock", "from unnest((select list(hub_offset) from bronze.event))",
    "select * from gold.clock tablesample 10% , bronze.event", "select columns((select 'batch' from bronze.event)) from gold.clock",
    "values ((select max(hub_offset) from bronze.event))", "select * replace ((select max(hub_offset) from bronze.event) as batch) from gold.clock",
    "select * from gold.clock positional join bronze.event", "select * from gold.clock natural join bronze.event",
    "select 1 group by (select max(hub_offset) from bronze.event)", "select 1 having (select true from bronze.event)",
    "select 1 qualify (select true from bronze.event)",
  ]

  @Test("Bronze and quarantine are seen with the right to them only, however they are written")
  func restricted() async throws {
    try await TestServer.shared().test { client in
      for statement in Self.restrictedStatements {
        let response = try await TestServer.sql(statement, client: client)
        #expect([.badRequest, .forbidden].contains(response.status), "\(statement): \(response.status) \(String(buffer: response.body))")
        #expect(!String(buffer: response.body).contains("SECRET"))
      }
    }
  }

  @Test("The right to restricted tables opens them")
  func restrictedRight() async throws {
    let server = try TestServer()
    let bronze = try await server.sql("select decode(body) from bronze.event", token: TestServer.restrictedToken)
    #expect(bronze.status == .ok)
    #expect(String(buffer: bronze.body).contains("SECRET-4711"))
    #expect(try await server.sql("from silver.quarantine", token: TestServer.restrictedToken).status == .ok)
    #expect(try await server.sql("from read_text('/etc/passwd')", token: TestServer.restrictedToken).status == .forbidden)
  }

  @Test("Without the token nothing runs, and a browser's form cannot send it")
  func token() async throws {
    let server = try TestServer.shared()
    #expect(try await server.sql("select 1", token: nil).status == .unauthorized)
    #expect(try await server.sql("select 1", token: "wrong").status == .unauthorized)
    let form = try await server.test {
      try await $0.execute(
        uri: "/api/v1/sql", method: .post, headers: [.authorization: "Bearer \(TestServer.token)", .contentType: "text/plain"],
        body: ByteBuffer(string: "{\"sql\":\"select 1\"}"))
    }
    #expect(form.status == .unsupportedMediaType)
    let get = try await server.get("/api/v1/sql", headers: [.authorization: "Bearer \(TestServer.token)"])
    #expect(get.status == .notFound || get.status == .methodNotAllowed)
  }

  @Test("Rows beyond the limit are cut and said to be, without being made")
  func rowLimit() async throws {
    let server = try TestServer()
    let response = try await server.sql("select * from range(1000000000000)", maxRows: 3)
    let answer = try JSON.read(response.body)
    #expect(answer["rows"].elements == [[0], [1], [2]].map(JSON.array))
    #expect(answer["truncated"] == true)
    #expect(try JSON.read(await server.sql("select 1", maxRows: 1).body)["truncated"] == false)
    #expect(try JSON.read(await server.sql("select 1", maxRows: -5).body)["rows"].count == 0)
  }

  @Test("The order that a statement asks for survives the limit")
  func order() async throws {
    let answer = try JSON.read(try await TestServer.shared().sql("select range as x from range(1000) order by x desc", maxRows: 3).body)
    #expect(answer["rows"].elements == [[999], [998], [997]].map(JSON.array))
  }

  @Test("What runs too long is stopped")
  func timeLimit() async throws {
    let server = try TestServer(change: { $0.sqlTimeLimit = .milliseconds(300) })
    let response = try await server.sql("select sum(a.range * b.range) from range(10000000) as a, range(1000000) as b")
    #expect(response.status == .serviceUnavailable)
    #expect(try await server.sql("select 1").status == .ok, "the connection is as good as before")
  }

  static let deepStatements = [
    "select " + String(repeating: "abs(", count: 400) + "1" + String(repeating: ")", count: 400),
    "select " + String(repeating: "not ", count: 900) + "true",
    "select 1" + String(repeating: " + 1", count: 900), "select " + String(repeating: "(", count: 20_000) + "1",
    "select " + String(repeating: "list_transform([1], x -> ", count: 300) + "1" + String(repeating: ")", count: 300),
    "select " + String(repeating: "(select ", count: 800) + "1" + String(repeating: ")", count: 800),
    "select '" + String(repeating: "x", count: 70_000) + "'",
  ]

  @Test("Statements that would keep the planner busy for minutes are refused first", .timeLimit(.minutes(2)))
  func deep() async throws {
    try await TestServer.shared().test { client in
      for statement in Self.deepStatements {
        let response = try await TestServer.sql(statement, client: client)
        #expect(
          [.badRequest, .forbidden, .contentTooLarge].contains(response.status),
          "\(statement.prefix(60)) \(String(buffer: response.body).prefix(300))")
      }
    }
  }

  @Test("An error of the caller's own making is told to the caller")
  func errors() async throws {
    let response = try await TestServer.shared().sql("select no_such_column from gold.clock")
    #expect(response.status == .badRequest)
    #expect(String(buffer: response.body).contains("no_such_column"))
    #expect(try await TestServer.shared().sql("select ? + 1").status == .badRequest)
    let body = try await TestServer.shared().test {
      try await $0.execute(
        uri: "/api/v1/sql", method: .post, headers: [.authorization: "Bearer \(TestServer.token)", .contentType: "application/json"],
        body: ByteBuffer(string: "[1]"))
    }
    #expect(body.status == .badRequest)
  }
}
