"""The assignment by hash, written a second time, to have something to compare with.

Python 3.11, standard library alone. Prints the arms that AssignerTests expects.
"""
M = (1 << 64) - 1


def rotl(x, b):
    return ((x << b) | (x >> (64 - b))) & M


def siphash(k0, k1, data):
    v = [k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D, k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573]

    def rounds(n):
        for _ in range(n):
            v[0] = (v[0] + v[1]) & M; v[2] = (v[2] + v[3]) & M
            v[1] = rotl(v[1], 13) ^ v[0]; v[3] = rotl(v[3], 16) ^ v[2]
            v[0] = rotl(v[0], 32)
            v[2] = (v[2] + v[1]) & M; v[0] = (v[0] + v[3]) & M
            v[1] = rotl(v[1], 17) ^ v[2]; v[3] = rotl(v[3], 21) ^ v[0]
            v[2] = rotl(v[2], 32)

    padded = data + b"\0" * (7 - len(data) % 8) + bytes([len(data) % 256])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at:at + 8], "little")
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xFF
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


def keyed(purpose, salt):
    text = f"{purpose}\0{salt}".encode()
    k0 = siphash(0x243F6A8885A308D3, 0x13198A2E03707344, text)
    k1 = siphash(0xB7E151628AED2A6A, 0xBF7158809CF4F3C7, text)
    return lambda unit: siphash(k0, k1, unit.encode())


def draw(purpose, salt):
    hashed = keyed(purpose, salt)
    return lambda unit: (hashed(unit) >> 11) / (1 << 53)


assert siphash(0x0706050403020100, 0x0F0E0D0C0B0A0908, bytes(range(15))) == 0xA129CA6149BE45E5

held, placed = draw("layer holdout", "checkout"), draw("layer", "checkout")
covered, dealt = draw("coverage", "spring-coupon"), draw("arm", "spring-coupon")


def assign(unit):
    if held(unit) < 0.1:
        return "h"
    if not 0.25 <= placed(unit) < 1:
        return "o"
    if covered(unit) >= 0.9:
        return "n"
    u = dealt(unit)
    return "0" if u < 0.2 else "1" if u < 0.5 else "2"


units = [f"C{100000 + i}" for i in range(40)] + ["", "客户-7", "a.customer@example.com", "0"]
print("".join(map(assign, units)))
print(keyed("arm", "spring-coupon")("C100000"))
