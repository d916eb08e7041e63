#include "rk_duckdb.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
  uint64_t fields[3];
  void *columns;
  char *error;
  void *internal;
} result_value;

struct rk_duckdb_result {
  result_value value;
  void *statement;
  void *pending;
  const char *error;
};

static struct {
  const char *(*library_version)(void);
  int (*create_config)(void **);
  int (*set_config)(void *, const char *, const char *);
  void (*destroy_config)(void **);
  int (*open_ext)(const char *, void **, void *, char **);
  void (*close)(void **);
  void (*free)(void *);
  int (*connect)(void *, void **);
  void (*disconnect)(void **);
  void (*interrupt)(void *);
  int (*query)(void *, const char *, result_value *);
  int (*prepare)(void *, const char *, void **);
  const char *(*prepare_error)(void *);
  void (*destroy_prepare)(void **);
  int (*pending_prepared_streaming)(void *, void **);
  const char *(*pending_error)(void *);
  int (*execute_pending)(void *, result_value *);
  void (*destroy_pending)(void **);
  const char *(*result_error)(result_value *);
  void (*destroy_result)(result_value *);
  uint64_t (*column_count)(result_value *);
  const char *(*column_name)(result_value *, uint64_t);
  int (*column_type)(result_value *, uint64_t);
  void *(*fetch_chunk)(result_value);
  void (*destroy_data_chunk)(void **);
  uint64_t (*data_chunk_get_size)(void *);
  void *(*data_chunk_get_vector)(void *, uint64_t);
  void *(*vector_get_data)(void *);
  uint64_t *(*vector_get_validity)(void *);
  void *(*create_logical_type)(int);
  void (*destroy_logical_type)(void **);
  void *(*create_scalar_function)(void);
  void (*destroy_scalar_function)(void **);
  void (*scalar_function_set_name)(void *, const char *);
  void (*scalar_function_set_volatile)(void *);
  void (*scalar_function_set_special_handling)(void *);
  void (*scalar_function_add_parameter)(void *, void *);
  void (*scalar_function_set_return_type)(void *, void *);
  void (*scalar_function_set_extra_info)(void *, void *, void (*)(void *));
  void (*scalar_function_set_function)(void *, void (*)(void *, void *, void *));
  int (*register_scalar_function)(void *, void *);
  void *(*scalar_function_get_extra_info)(void *);
  void (*scalar_function_set_error)(void *, const char *);
  int (*arrow_scan)(void *, const char *, struct ArrowArrayStream *);
} api;

static const struct {
  const char *name;
  void **slot;
} symbols[] = {
#define SYMBOL(name) {"duckdb_" #name, (void **)&api.name}
    SYMBOL(library_version),
    SYMBOL(create_config),
    SYMBOL(set_config),
    SYMBOL(destroy_config),
    SYMBOL(open_ext),
    SYMBOL(close),
    SYMBOL(free),
    SYMBOL(connect),
    SYMBOL(disconnect),
    SYMBOL(interrupt),
    SYMBOL(query),
    SYMBOL(prepare),
    SYMBOL(prepare_error),
    SYMBOL(destroy_prepare),
    SYMBOL(pending_prepared_streaming),
    SYMBOL(pending_error),
    SYMBOL(execute_pending),
    SYMBOL(destroy_pending),
    SYMBOL(result_error),
    SYMBOL(destroy_result),
    SYMBOL(column_count),
    SYMBOL(column_name),
    SYMBOL(column_type),
    SYMBOL(fetch_chunk),
    SYMBOL(destroy_data_chunk),
    SYMBOL(data_chunk_get_size),
    SYMBOL(data_chunk_get_vector),
    SYMBOL(vector_get_data),
    SYMBOL(vector_get_validity),
    SYMBOL(create_logical_type),
    SYMBOL(destroy_logical_type),
    SYMBOL(create_scalar_function),
    SYMBOL(destroy_scalar_function),
    SYMBOL(scalar_function_set_name),
    SYMBOL(scalar_function_set_volatile),
    SYMBOL(scalar_function_set_special_handling),
    SYMBOL(scalar_function_add_parameter),
    SYMBOL(scalar_function_set_return_type),
    SYMBOL(scalar_function_set_extra_info),
    SYMBOL(scalar_function_set_function),
    SYMBOL(register_scalar_function),
    SYMBOL(scalar_function_get_extra_info),
    SYMBOL(scalar_function_set_error),
    SYMBOL(arrow_scan),
#undef SYMBOL
};

int rk_duckdb_load(const char *path, const char *python, char *reason, size_t capacity) {
  if (python && !dlopen(python, RTLD_NOW | RTLD_GLOBAL)) {
    snprintf(reason, capacity, "%s", dlerror());
    return -1;
  }
  void *library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
  if (!library) {
    snprintf(reason, capacity, "%s", dlerror());
    return -1;
  }
  for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
    *symbols[i].slot = dlsym(library, symbols[i].name);
    if (!*symbols[i].slot) {
      snprintf(reason, capacity, "%s has no function %s", path, symbols[i].name);
      return -1;
    }
  }
  return 0;
}

const char *rk_duckdb_version(void) { return api.library_version(); }

int rk_duckdb_open(const char *const *settings, size_t count, void **database, char **reason) {
  void *config = NULL;
  *reason = NULL;
  if (api.create_config(&config) != 0) return -1;
  int state = 0;
  for (size_t i = 0; i < count && state == 0; i++) {
    state = api.set_config(config, settings[2 * i], settings[2 * i + 1]);
  }
  if (state == 0) state = api.open_ext(NULL, database, config, reason);
  api.destroy_config(&config);
  return state == 0 ? 0 : -1;
}

void rk_duckdb_close(void *database) { api.close(&database); }
void rk_duckdb_free(void *memory) { api.free(memory); }

int rk_duckdb_connect(void *database, void **connection) {
  return api.connect(database, connection) == 0 ? 0 : -1;
}

void rk_duckdb_disconnect(void *connection) { api.disconnect(&connection); }
void rk_duckdb_interrupt(void *connection) { api.interrupt(connection); }

rk_duckdb_result *rk_duckdb_query(void *connection, const char *sql) {
  rk_duckdb_result *result = calloc(1, sizeof *result);
  if (!result) abort();
  api.query(connection, sql, &result->value);
  return result;
}

rk_duckdb_result *rk_duckdb_stream(void *connection, const char *sql) {
  rk_duckdb_result *result = calloc(1, sizeof *result);
  if (!result) abort();
  if (api.prepare(connection, sql, &result->statement) != 0) {
    result->error = api.prepare_error(result->statement);
  } else if (api.pending_prepared_streaming(result->statement, &result->pending) != 0) {
    result->error = api.pending_error(result->pending);
  } else {
    api.execute_pending(result->pending, &result->value);
  }
  return result;
}

const char *rk_duckdb_error(rk_duckdb_result *result) {
  return result->error ? result->error : api.result_error(&result->value);
}

void rk_duckdb_destroy_result(rk_duckdb_result *result) {
  api.destroy_result(&result->value);
  if (result->pending) api.destroy_pending(&result->pending);
  if (result->statement) api.destroy_prepare(&result->statement);
  free(result);
}

size_t rk_duckdb_column_count(rk_duckdb_result *result) { return api.column_count(&result->value); }

const char *rk_duckdb_column_name(rk_duckdb_result *result, size_t column) {
  return api.column_name(&result->value, column);
}

int rk_duckdb_column_type(rk_duckdb_result *result, size_t column) {
  return api.column_type(&result->value, column);
}

void *rk_duckdb_fetch(rk_duckdb_result *result) { return api.fetch_chunk(result->value); }
void rk_duckdb_destroy_chunk(void *chunk) { api.destroy_data_chunk(&chunk); }
size_t rk_duckdb_chunk_size(void *chunk) { return api.data_chunk_get_size(chunk); }
void *rk_duckdb_vector(void *chunk, size_t column) { return api.data_chunk_get_vector(chunk, column); }
void *rk_duckdb_vector_data(void *vector) { return api.vector_get_data(vector); }
uint64_t *rk_duckdb_vector_validity(void *vector) { return api.vector_get_validity(vector); }

typedef struct {
  rk_duckdb_take take;
  void *context;
} sink;

static void run_sink(void *info, void *chunk, void *output) {
  const sink *own = api.scalar_function_get_extra_info(info);
  if (own->take(own->context, chunk) != 0) {
    api.scalar_function_set_error(info, "stopped by the reader of the rows");
    return;
  }
  int8_t *ones = api.vector_get_data(output);
  size_t rows = api.data_chunk_get_size(chunk);
  for (size_t i = 0; i < rows; i++) ones[i] = 1;
}

int rk_duckdb_register_sink(
    void *connection, const char *name, const int *types, size_t count, rk_duckdb_take take,
    void *context) {
  sink *own = malloc(sizeof *own);
  if (!own) abort();
  own->take = take;
  own->context = context;
  void *function = api.create_scalar_function();
  api.scalar_function_set_name(function, name);
  /* Volatile: called for every row, never once for equal arguments. Special handling: called for
   * NULL as well. */
  api.scalar_function_set_volatile(function);
  api.scalar_function_set_special_handling(function);
  for (size_t i = 0; i < count; i++) {
    void *type = api.create_logical_type(types[i]);
    api.scalar_function_add_parameter(function, type);
    api.destroy_logical_type(&type);
  }
  void *type = api.create_logical_type(RK_DUCKDB_TINYINT);
  api.scalar_function_set_return_type(function, type);
  api.destroy_logical_type(&type);
  api.scalar_function_set_extra_info(function, own, free);
  api.scalar_function_set_function(function, run_sink);
  int state = api.register_scalar_function(connection, function);
  api.destroy_scalar_function(&function);
  return state == 0 ? 0 : -1;
}

int rk_duckdb_arrow_view(void *connection, const char *name, struct ArrowArrayStream *stream) {
  return api.arrow_scan(connection, name, stream) == 0 ? 0 : -1;
}
