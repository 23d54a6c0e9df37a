/** What an identity provider signs with, as it is sent. */
export const signingCertificate = {
  type: 'signing',
  content: `-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIUNBh/lGchx6csIGk/9TielrqyuY4wCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPaWRwLmV4YW1wbGUub3JnMCAXDTI2MTEyNTE2MzI0NFoYDzIx
MjYxMTAxMTYzMjQ0WjAaMRgwFgYDVQQDDA9pZHAuZXhhbXBsZS5vcmcwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAQvMFuMRxNqxXRh1NfX35CkONgQEun86rUKVaGS
fG0MHv4hkRj1EcgUn0f1wGpp3sIEbKs1ZNn1Qaf64EHOHdiCo1MwUTAdBgNVHQ4E
FgQUUbTVp5rIxnO6/Q5BiQurq62RGGQwHwYDVR0jBBgwFoAUUbTVp5rIxnO6/Q5B
iQurq62RGGQwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA54N4
uMjU/3n+h6wevpecxZK4MFcrds82/4O9oATMK/MCICFIXjn5H0pRXfiSKtrrw+Vu
tiPSNuW6M6s1KieR67k/
-----END CERTIFICATE-----
`,
};
/** When it ends. */
export const signingCertificateEnd = '2126-11-01T16:32:44Z';

/** One that ended long ago. */
export const endedCertificate = {
  type: 'signing',
  content: `-----BEGIN CERTIFICATE-----
MIIBIDCBx6ADAgECAgEBMAoGCCqGSM49BAMCMBoxGDAWBgNVBAMMD2lkcC5leGFt
cGxlLm9yZzAeFw0yMDAxMDEwMDAwMDBaFw0yMDAyMDEwMDAwMDBaMBoxGDAWBgNV
BAMMD2lkcC5leGFtcGxlLm9yZzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNtq
RnM3R6TV4V0Yvee3XmqK+f+kXOjXmUKwftlcF7N+0ynRD0DLKHuzERHQDA9vV6zR
Iv1maLfDiu6haXemxtYwCgYIKoZIzj0EAwIDSAAwRQIgAq8yK35A80mkFzBbtz4p
FJM63Oipgn5dRwkv3pZ6ZHcCIQC/RaNnEMGt+lhY9dJExz83okwOgL7qxvOhWKFT
i461ng==
-----END CERTIFICATE-----
`,
};
export const endedCertificateEnd = '2020-02-01T00:00:00Z';
