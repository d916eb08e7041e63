#include "rk_duckdb.h"
