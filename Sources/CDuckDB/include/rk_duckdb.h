#ifndef RK_DUCKDB_H
#define RK_DUCKDB_H

/* DuckDB's C API, found at run time: a program that never meets a Parquet file needs no DuckDB.
 *
 * Every call goes through a table that rk_duckdb_load fills; nothing here may be called before it
 * has returned 0. Handles are plain pointers. The declarations are our own: only the shapes of two
 * structs are fixed by DuckDB, that of a result (passed by value) and that of a string slot. */

#include <stddef.h>
#include <stdint.h>

/* Loads the library at `path` (or by soname) and resolves every function that is used.
 *
 * A Python wheel's module carries the whole C API but wants some data symbols of the interpreter;
 * for such a file `python` names the shared library that has them, which is loaded first (no Python
 * code is ever run). NULL where none is wanted.
 * Returns 0, or -1 with the reason in `reason`. A library that is loaded is never unloaded. */
int rk_duckdb_load(const char *path, const char *python, char *reason, size_t capacity);
const char *rk_duckdb_version(void);

/* Type numbers, the ones that are read or written here. */
enum {
  RK_DUCKDB_BOOLEAN = 1,
  RK_DUCKDB_TINYINT = 2,
  RK_DUCKDB_SMALLINT = 3,
  RK_DUCKDB_INTEGER = 4,
  RK_DUCKDB_BIGINT = 5,
  RK_DUCKDB_UTINYINT = 6,
  RK_DUCKDB_USMALLINT = 7,
  RK_DUCKDB_UINTEGER = 8,
  RK_DUCKDB_UBIGINT = 9,
  RK_DUCKDB_FLOAT = 10,
  RK_DUCKDB_DOUBLE = 11,
  RK_DUCKDB_TIMESTAMP = 12,
  RK_DUCKDB_DATE = 13,
  RK_DUCKDB_HUGEINT = 16,
  RK_DUCKDB_VARCHAR = 17,
  RK_DUCKDB_DECIMAL = 19,
  RK_DUCKDB_TIMESTAMP_S = 20,
  RK_DUCKDB_TIMESTAMP_MS = 21,
  RK_DUCKDB_TIMESTAMP_NS = 22,
  RK_DUCKDB_TIMESTAMP_TZ = 31,
};

/* A string inside a vector: up to 12 bytes lie in the slot itself, longer ones elsewhere. */
typedef union {
  uint32_t length;
  struct {
    uint32_t length;
    char bytes[12];
  } near;
  struct {
    uint32_t length;
    char prefix[4];
    const char *pointer;
  } far;
} rk_duckdb_string;

static inline const char *rk_duckdb_string_bytes(const rk_duckdb_string *text) {
  return text->length <= 12 ? text->near.bytes : text->far.pointer;
}

/* Databases. `settings` are `count` pairs of name and value. On failure *reason is set; it is freed
 * with rk_duckdb_free. */
int rk_duckdb_open(const char *const *settings, size_t count, void **database, char **reason);
void rk_duckdb_close(void *database);
void rk_duckdb_free(void *memory);
int rk_duckdb_connect(void *database, void **connection);
void rk_duckdb_disconnect(void *connection);
void rk_duckdb_interrupt(void *connection);

/* Queries. A result is always made, also by a query that fails; rk_duckdb_error then tells why.
 * A streaming result computes its chunks as they are fetched: its error is known only after the
 * last chunk, so ask then as well. */
typedef struct rk_duckdb_result rk_duckdb_result;
rk_duckdb_result *rk_duckdb_query(void *connection, const char *sql);
rk_duckdb_result *rk_duckdb_stream(void *connection, const char *sql);
const char *rk_duckdb_error(rk_duckdb_result *result);
void rk_duckdb_destroy_result(rk_duckdb_result *result);
size_t rk_duckdb_column_count(rk_duckdb_result *result);
const char *rk_duckdb_column_name(rk_duckdb_result *result, size_t column);
int rk_duckdb_column_type(rk_duckdb_result *result, size_t column);
/* NULL at the end, and where a stream failed. */
void *rk_duckdb_fetch(rk_duckdb_result *result);
void rk_duckdb_destroy_chunk(void *chunk);

/* Chunks and their vectors; a NULL validity means that every row has a value. */
size_t rk_duckdb_chunk_size(void *chunk);
void *rk_duckdb_vector(void *chunk, size_t column);
void *rk_duckdb_vector_data(void *vector);
uint64_t *rk_duckdb_vector_validity(void *vector);

/* A function of the query's columns that is called, by as many threads as the database has, with
 * every chunk of rows. When `take` returns anything but 0 the query fails. The function gives 1 for
 * every row. */
typedef int (*rk_duckdb_take)(void *context, void *chunk);
int rk_duckdb_register_sink(
    void *connection, const char *name, const int *types, size_t count, rk_duckdb_take take, void *context);

/* The Arrow C data interface, as its specification lays it down, and a view over such a stream.
 * The stream must outlive the connection's use of the view; DuckDB asks it under a lock. */
struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};
struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};
struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};
int rk_duckdb_arrow_view(void *connection, const char *name, struct ArrowArrayStream *stream);

#endif
