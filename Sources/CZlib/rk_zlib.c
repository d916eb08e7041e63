#include "rk_zlib.h"
