"""What somebody hostile types: a fixed list, so that two runs ask the same."""

MARK = "xq7"  # as a tag in what is typed; on no page may it come back as one
SUM = "{{7*7777777}}"  # where a template reads what was typed, it becomes:
RESULT = "54444439"
LINE = "X-Planted"  # a header that is smuggled in
ELSEWHERE = "evil.example"

TEXTS: tuple[str, ...] = (
    "", " ", "0", "-1", "00", "1e309", "9" * 30, "9" * 5_000,
    "-" + "9" * 40, "0x41", "NaN", "Infinity", "٣٤", "𝟗𝟗", "½",
    "2147483648",
    "9223372036854775808", "1.5", "1_000", "+49 5251 1", "3.14e-400",
    "\x00", "a\x00b", "\x00" * 500, "\x1b[31m", "\x7f\x80\x9f", "\r\n\r\n", "\u2028\u2029",
    f"a\r\n{LINE}: 1", f"a\n{LINE}: 1\n\n<{MARK}>", f"%0d%0a{LINE}:%201",
    "a@example.org\r\nBcc: b@example.org",
    "\u202e" + "gpj.exe", "\u2066" * 400, "\u200b" * 900, "\ufeff", "\u200f\u202a\u2069", "A\u0301" * 400,
    "Z" + "\u0334" * 60_000, "\u0e49" * 3_000, "ﷺ" * 2_000, "👨‍👩‍👧‍👦" * 200, "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "İ" * 500,
    "ß" * 500, "ﬀ" * 500,
    "\ufdfa" * 20_000, "\U0010ffff", "\ufffe\uffff", "\ue000",
    f"<{MARK}>", f"\"'><{MARK} onload=1>", f"<svg/{MARK} onload=alert(1)>", f"</title><{MARK}>",
    f"<!--<{MARK}>",
    f"javascript:alert('<{MARK}>')", f"]]><{MARK}>", f"&lt;{MARK}&gt;&#60;{MARK}&#62;", f"`<{MARK}>`${{1}}",
    SUM, "{%raw%}", "${7*7777777}", "#{7*7777777}", "{0.__class__}", "{name}", "%(name)s", "%s%n%x", "{",
    "}}",
    "' OR '1'='1", "'; DROP TABLE people; --", "1) UNION SELECT NULL--", "\\'; --", "%' ESCAPE '\\",
    "%_%", "\\",
    "../../../../etc/passwd", "..\\..\\", "%2e%2e%2f", "/etc/passwd\x00.png", "file:///etc/passwd",
    "C:\\con",
    f"//{ELSEWHERE}/", f"https://{ELSEWHERE}", f"/\\{ELSEWHERE}", f"https:{ELSEWHERE}",
    f"/desk/@{ELSEWHERE}",
    "=1+1", "@SUM(1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1", "`id`", "$(id)", "; id", "| id", "() { :; };",
    "()" * 2_000, "[" * 3_000, "{\"a\":" * 400, "a" * 100_000, "ä" * 40_000, " " * 50_000, "\n" * 30_000,
    "a@" * 3_000,
    "a" * 64 + "@" + "b" * 190 + ".example", "@", "a@b", "a@[127.0.0.1]", "\"a b\"@example.org",
    "ä@ä.example",
    "2026-02-30", "99.99.9999", "31.12.0000", "13/2026", "Ende " * 500, "24:61", "1-" * 4_000,
    "q. " * 3_000,
    "null", "true", "None", "undefined", "[object Object]", "__proto__", "constructor", "self", "file",
    "group",
    "*" * 4_000, "_[a](javascript:1)_" * 50, "[" + "](" * 2_000, "> " * 2_000, "#" * 3_000,
    "http://" * 1_000,
)  # fmt: skip
# Bytes that are no UTF-8, halves of pairs, and what only looks like something.
BYTES: tuple[bytes, ...] = (
    b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xed\xb0\x80x", b"\xf8\x88\x80\x80\x80", b"\xe2\x80",
    b"\x80" * 900,
    b"\xf4\x90\x80\x80", b"a\xed\xa0\xbd\xed\xb8\x80", b"+ADw-script+AD4-",
)  # fmt: skip
INPUTS: tuple[bytes, ...] = tuple(one.encode("utf-8", "surrogatepass") for one in TEXTS) + BYTES
# In JSON, as Telegram sends it, halves of pairs come through as they are.
SPOKEN: tuple[str, ...] = (*TEXTS, "\ud800", "a\udfff", "\ud83d", "\udc00\ud800" * 50)
WHOLE: tuple[tuple[bytes, str], ...] = (
    (b"a=1&" * 60_000, "application/x-www-form-urlencoded"),
    (b"&" * 200_000, "application/x-www-form-urlencoded"),
    (b"a[b][c][]=1&a[b][c][]=2", "application/x-www-form-urlencoded"),
    (b"=" * 100_000, "application/x-www-form-urlencoded"),
    (b"%" * 100_000, "application/x-www-form-urlencoded"),
    (b"[" * 100_000, "application/json"),
    (b'{"csrf":{"a":[1]}}', "application/json"),
    (b"\x00" * 50_000, "application/octet-stream"),
    (b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x"),
    (b"--x\r\n" * 40_000, "multipart/form-data; boundary=x"),
    (b"nothing", "multipart/form-data"),
    (b"--\r\n", "multipart/form-data; boundary="),
    (b'--x\r\nContent-Disposition: form-data; name="csrf"; filename="../../a"\r\n\r\nabc\r\n--x--',
     "multipart/form-data; boundary=x"),
    (b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "text/xml"),
    (b"a=1", "application/x-www-form-urlencoded; charset=utf-7"),
    (b"a=1", "\xff\xfe"),
)  # fmt: skip
