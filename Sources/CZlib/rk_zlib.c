#include "rk_zlib.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct rk_inflater {
  z_stream stream;
  /* A member has ended: what follows is another one, or padding. */
  int between_members;
};

rk_inflater *rk_inflater_open(void) {
  rk_inflater *inflater = calloc(1, sizeof *inflater);
  /* 15 window bits, and 16 to say that the wrapping is gzip. */
  if (inflater != NULL && inflateInit2(&inflater->stream, 15 + 16) != Z_OK) {
    free(inflater);
    return NULL;
  }
  return inflater;
}

void rk_inflater_close(rk_inflater *inflater) {
  if (inflater == NULL) return;
  inflateEnd(&inflater->stream);
  free(inflater);
}

static uInt bounded(int64_t count) { return count > 1 << 30 ? 1u << 30 : (uInt)count; }

int32_t rk_inflater_run(rk_inflater *inflater, const uint8_t *input, int64_t input_count,
                        uint8_t *output, int64_t output_count, int64_t *used, int64_t *made) {
  z_stream *stream = &inflater->stream;
  *used = 0;
  *made = 0;
  for (;;) {
    if (inflater->between_members) {
      while (*used < input_count && input[*used] == 0) ++*used;
      if (*used == input_count) return 1;
      if (inflateReset(stream) != Z_OK) return -1;
      inflater->between_members = 0;
    }
    if (*used == input_count || *made == output_count) return 0;
    stream->next_in = (Bytef *)(input + *used);
    stream->avail_in = bounded(input_count - *used);
    stream->next_out = output + *made;
    stream->avail_out = bounded(output_count - *made);
    int code = inflate(stream, Z_NO_FLUSH);
    *used = stream->next_in - input;
    *made = stream->next_out - output;
    if (code == Z_STREAM_END) {
      inflater->between_members = 1;
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return -1;
    } else if (code == Z_BUF_ERROR) {
      return 0;
    }
  }
}

uint32_t rk_crc32(uint32_t crc, const uint8_t *bytes, int64_t count) {
  for (int64_t done = 0; done < count;) {
    uInt piece = bounded(count - done);
    crc = (uint32_t)crc32(crc, bytes + done, piece);
    done += piece;
  }
  return crc;
}
