#ifndef RK_DUCKDB_H
#define RK_DUCKDB_H

#endif
