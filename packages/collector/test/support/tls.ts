/**
 * A certificate for 127.0.0.1 that nobody trusts, and its key, which protects nothing:
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500`.
 */
export const TEST_TLS = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3C7vegzlIHXK3v6Z
5ZfSecT4XJhpCmvx1WsjNQGPXXahRANCAAQxacbCxueu8GIJEuqPIsUniNM/K0ln
M2oTB6/dMf9xWvGQrsQrOblx9Ne7LmcOLWZAey7OvIBwH93pKGgOkdZC
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBpjCCAU2gAwIBAgIUCa56Iuxo6WtVgf+lY0EfFdXBOKQwCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPc2xpcHN0cmVhbSB0ZXN0MCAXDTI2MTEyMjIyNTEyN1oYDzIx
MjYxMDI5MjI1MTI3WjAaMRgwFgYDVQQDDA9zbGlwc3RyZWFtIHRlc3QwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQxacbCxueu8GIJEuqPIsUniNM/K0lnM2oTB6/d
Mf9xWvGQrsQrOblx9Ne7LmcOLWZAey7OvIBwH93pKGgOkdZCo28wbTAdBgNVHQ4E
FgQUA7XChUuFZtuv+mPt64+TZ00xF8YwHwYDVR0jBBgwFoAUA7XChUuFZtuv+mPt
64+TZ00xF8YwDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2Nh
bGhvc3QwCgYIKoZIzj0EAwIDRwAwRAIgWyiL2Tbw9S1quXwYTHpLidaXNJ4Xquny
2pMWd2uQIN0CIGkJMJPiF+bytL0YuWXd+OzKr6SdifZv/glt6bC3hS2O
-----END CERTIFICATE-----`,
} as const;
