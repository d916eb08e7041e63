#include "rk_deflate.h"

#include <string.h>
#include <zlib.h>

// zlib counts in 32 bits: longer input is fed in steps of this.
#define STEP (1 << 30)

int64_t rk_gzip_bound(int64_t count) { return count + count / 1000 + 1024; }

int64_t rk_gzip_member(const uint8_t *input, int64_t count, uint8_t *output, int64_t room) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  // Window bits 15, and 16 for the gzip frame in place of zlib's own.
  if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return -1;
  gz_header header;
  memset(&header, 0, sizeof header);
  header.os = 255;
  deflateSetHeader(&stream, &header);
  int64_t taken = 0, made = 0;
  int status = Z_OK;
  while (status == Z_OK) {
    int64_t feed = count - taken < STEP ? count - taken : STEP;
    int64_t space = room - made < STEP ? room - made : STEP;
    if (space == 0) break;
    stream.next_in = (Bytef *)(input + taken);
    stream.avail_in = (uInt)feed;
    stream.next_out = output + made;
    stream.avail_out = (uInt)space;
    status = deflate(&stream, taken + feed == count ? Z_FINISH : Z_NO_FLUSH);
    taken += feed - stream.avail_in;
    made += space - stream.avail_out;
  }
  deflateEnd(&stream);
  return status == Z_STREAM_END ? made : -1;
}
