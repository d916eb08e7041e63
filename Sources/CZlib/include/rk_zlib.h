#ifndef RK_ZLIB_H
#define RK_ZLIB_H

#endif
