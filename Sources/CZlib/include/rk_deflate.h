#ifndef RK_DEFLATE_H
#define RK_DEFLATE_H
#include <stdint.h>

/* Room that the gzip member of `count` bytes may need. */
int64_t rk_gzip_bound(int64_t count);

/* Compresses `count` bytes into one gzip member with level 9, no name, time 0 and system 255
   ("unknown"), so that the same bytes and library give the same member. Members that follow one
   another are one gzip file. Returns the member's length, or -1 where memory or room is lacking. */
int64_t rk_gzip_member(const uint8_t *input, int64_t count, uint8_t *output, int64_t room);

#endif
