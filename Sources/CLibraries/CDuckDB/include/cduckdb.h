/* The part of DuckDB's C API (1.5, https://duckdb.org/docs/api/c/overview) that we call, declared by hand:
   the wheel that carries libduckdb has no header. Handles are pointers to incomplete structs, so that Swift
   sees them as OpaquePointer. Layouts of the by-value structs are DuckDB's own. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef uint64_t idx_t;
typedef enum { DuckDBSuccess = 0, DuckDBError = 1 } duckdb_state;
typedef struct _duckdb_database *duckdb_database;
typedef struct _duckdb_connection *duckdb_connection;
typedef struct _duckdb_prepared_statement *duckdb_prepared_statement;
typedef struct _duckdb_appender *duckdb_appender;
typedef struct _duckdb_data_chunk *duckdb_data_chunk;
typedef struct _duckdb_vector *duckdb_vector;
typedef struct _duckdb_logical_type *duckdb_logical_type;
typedef struct _duckdb_config *duckdb_config;
typedef struct { idx_t a, b, c; void *d; char *e; void *internal_data; } duckdb_result;
typedef struct { uint64_t lower; int64_t upper; } duckdb_hugeint;
typedef struct { int64_t micros; } duckdb_timestamp;
typedef struct { int32_t days; } duckdb_date;
typedef struct { int32_t months; int32_t days; int64_t micros; } duckdb_interval;
typedef struct { uint64_t offset; uint64_t length; } duckdb_list_entry;
enum {
  DUCKDB_TYPE_BOOLEAN = 1, DUCKDB_TYPE_TINYINT = 2, DUCKDB_TYPE_SMALLINT = 3, DUCKDB_TYPE_INTEGER = 4, DUCKDB_TYPE_BIGINT = 5,
  DUCKDB_TYPE_UTINYINT = 6, DUCKDB_TYPE_USMALLINT = 7, DUCKDB_TYPE_UINTEGER = 8, DUCKDB_TYPE_UBIGINT = 9, DUCKDB_TYPE_FLOAT = 10,
  DUCKDB_TYPE_DOUBLE = 11, DUCKDB_TYPE_TIMESTAMP = 12, DUCKDB_TYPE_DATE = 13, DUCKDB_TYPE_TIME = 14, DUCKDB_TYPE_INTERVAL = 15,
  DUCKDB_TYPE_HUGEINT = 16, DUCKDB_TYPE_VARCHAR = 17, DUCKDB_TYPE_BLOB = 18, DUCKDB_TYPE_DECIMAL = 19, DUCKDB_TYPE_TIMESTAMP_S = 20,
  DUCKDB_TYPE_TIMESTAMP_MS = 21, DUCKDB_TYPE_TIMESTAMP_NS = 22, DUCKDB_TYPE_ENUM = 23, DUCKDB_TYPE_LIST = 24, DUCKDB_TYPE_STRUCT = 25,
  DUCKDB_TYPE_MAP = 26, DUCKDB_TYPE_UUID = 27, DUCKDB_TYPE_UNION = 28, DUCKDB_TYPE_TIMESTAMP_TZ = 31, DUCKDB_TYPE_UHUGEINT = 32
};

const char *duckdb_library_version(void);
idx_t duckdb_vector_size(void);
void duckdb_free(void *p);

duckdb_state duckdb_create_config(duckdb_config *out);
duckdb_state duckdb_set_config(duckdb_config c, const char *name, const char *option);
void duckdb_destroy_config(duckdb_config *c);
duckdb_state duckdb_open_ext(const char *path, duckdb_database *out, duckdb_config c, char **err);
void duckdb_close(duckdb_database *db);
duckdb_state duckdb_connect(duckdb_database db, duckdb_connection *out);
void duckdb_disconnect(duckdb_connection *c);
void duckdb_interrupt(duckdb_connection c);

duckdb_state duckdb_query(duckdb_connection c, const char *sql, duckdb_result *out);
void duckdb_destroy_result(duckdb_result *r);
const char *duckdb_result_error(duckdb_result *r);
int32_t duckdb_result_error_type(duckdb_result *r);
idx_t duckdb_column_count(duckdb_result *r);
const char *duckdb_column_name(duckdb_result *r, idx_t col);
int32_t duckdb_column_type(duckdb_result *r, idx_t col);
duckdb_logical_type duckdb_column_logical_type(duckdb_result *r, idx_t col);
idx_t duckdb_rows_changed(duckdb_result *r);
duckdb_data_chunk duckdb_fetch_chunk(duckdb_result r);

duckdb_state duckdb_prepare(duckdb_connection c, const char *sql, duckdb_prepared_statement *out);
const char *duckdb_prepare_error(duckdb_prepared_statement s);
void duckdb_destroy_prepare(duckdb_prepared_statement *s);
idx_t duckdb_nparams(duckdb_prepared_statement s);
int32_t duckdb_prepared_statement_type(duckdb_prepared_statement s);
duckdb_state duckdb_clear_bindings(duckdb_prepared_statement s);
duckdb_state duckdb_bind_boolean(duckdb_prepared_statement s, idx_t i, bool v);
duckdb_state duckdb_bind_int64(duckdb_prepared_statement s, idx_t i, int64_t v);
duckdb_state duckdb_bind_double(duckdb_prepared_statement s, idx_t i, double v);
duckdb_state duckdb_bind_varchar_length(duckdb_prepared_statement s, idx_t i, const char *v, idx_t n);
duckdb_state duckdb_bind_blob(duckdb_prepared_statement s, idx_t i, const void *v, idx_t n);
duckdb_state duckdb_bind_timestamp(duckdb_prepared_statement s, idx_t i, duckdb_timestamp v);
duckdb_state duckdb_bind_date(duckdb_prepared_statement s, idx_t i, duckdb_date v);
duckdb_state duckdb_bind_null(duckdb_prepared_statement s, idx_t i);
duckdb_state duckdb_execute_prepared(duckdb_prepared_statement s, duckdb_result *out);

/* an answer whose rows are made while they are fetched */
typedef struct _duckdb_pending_result *duckdb_pending_result;
duckdb_state duckdb_pending_prepared_streaming(duckdb_prepared_statement s, duckdb_pending_result *out);
const char *duckdb_pending_error(duckdb_pending_result p);
duckdb_state duckdb_execute_pending(duckdb_pending_result p, duckdb_result *out);
void duckdb_destroy_pending(duckdb_pending_result *p);

/* how many statements a text holds, for callers that allow exactly one */
typedef struct _duckdb_extracted_statements *duckdb_extracted_statements;
idx_t duckdb_extract_statements(duckdb_connection c, const char *sql, duckdb_extracted_statements *out);
duckdb_state duckdb_prepare_extracted_statement(
    duckdb_connection c, duckdb_extracted_statements e, idx_t i, duckdb_prepared_statement *out);
const char *duckdb_extract_statements_error(duckdb_extracted_statements e);
void duckdb_destroy_extracted(duckdb_extracted_statements *e);

duckdb_state duckdb_appender_create_ext(
    duckdb_connection c, const char *catalog, const char *schema, const char *table, duckdb_appender *out);
duckdb_state duckdb_appender_flush(duckdb_appender a);
duckdb_state duckdb_appender_close(duckdb_appender a);
duckdb_state duckdb_appender_destroy(duckdb_appender *a);
const char *duckdb_appender_error(duckdb_appender a);
duckdb_state duckdb_append_data_chunk(duckdb_appender a, duckdb_data_chunk ch);

duckdb_logical_type duckdb_create_logical_type(int32_t type);
int32_t duckdb_get_type_id(duckdb_logical_type t);
uint8_t duckdb_decimal_scale(duckdb_logical_type t);
int32_t duckdb_decimal_internal_type(duckdb_logical_type t);
int32_t duckdb_enum_internal_type(duckdb_logical_type t);
char *duckdb_enum_dictionary_value(duckdb_logical_type t, idx_t i);
duckdb_logical_type duckdb_list_type_child_type(duckdb_logical_type t);
idx_t duckdb_struct_type_child_count(duckdb_logical_type t);
char *duckdb_struct_type_child_name(duckdb_logical_type t, idx_t i);
duckdb_logical_type duckdb_struct_type_child_type(duckdb_logical_type t, idx_t i);
void duckdb_destroy_logical_type(duckdb_logical_type *t);
duckdb_data_chunk duckdb_create_data_chunk(duckdb_logical_type *types, idx_t n);
void duckdb_destroy_data_chunk(duckdb_data_chunk *ch);
void duckdb_data_chunk_reset(duckdb_data_chunk ch);
idx_t duckdb_data_chunk_get_size(duckdb_data_chunk ch);
void duckdb_data_chunk_set_size(duckdb_data_chunk ch, idx_t n);
duckdb_vector duckdb_data_chunk_get_vector(duckdb_data_chunk ch, idx_t col);
void *duckdb_vector_get_data(duckdb_vector v);
uint64_t *duckdb_vector_get_validity(duckdb_vector v);
void duckdb_vector_ensure_validity_writable(duckdb_vector v);
void duckdb_vector_assign_string_element_len(duckdb_vector v, idx_t i, const char *s, idx_t n);
duckdb_vector duckdb_list_vector_get_child(duckdb_vector v);
duckdb_vector duckdb_struct_vector_get_child(duckdb_vector v, idx_t i);

/* glibc's malloc.h is in no module of the toolchain. Elsewhere the allocator is left as it is. */
#if defined(__GLIBC__)
#include <malloc.h>
static inline void cduckdb_keep_freed_memory(void) {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
}
#else
static inline void cduckdb_keep_freed_memory(void) {}
#endif
#ifdef __cplusplus
}
#endif
