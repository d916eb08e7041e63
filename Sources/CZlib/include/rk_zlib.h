#ifndef RK_ZLIB_H
#define RK_ZLIB_H
#include <stdint.h>

/* A gzip stream being decompressed; members that follow one another are one stream. */
typedef struct rk_inflater rk_inflater;

/* NULL where there is no memory. */
rk_inflater *rk_inflater_open(void);
void rk_inflater_close(rk_inflater *inflater);

/* Decompresses from `input` into `output`. `*used` and `*made` receive how many bytes were taken
   and written. Returns 0 to go on (give more input or more room), 1 at the end of a member with
   nothing after it in `input`, -1 where the data is damaged. Bytes of zero after a member are
   padding and are taken in silence. */
int32_t rk_inflater_run(rk_inflater *inflater, const uint8_t *input, int64_t input_count,
                        uint8_t *output, int64_t output_count, int64_t *used, int64_t *made);

/* The CRC-32 of `count` bytes that follow those of which `crc` is the CRC-32; 0 before the first. */
uint32_t rk_crc32(uint32_t crc, const uint8_t *bytes, int64_t count);

#endif
