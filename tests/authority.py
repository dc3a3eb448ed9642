"""An authority of the tests' own: certificates for invented hosts, and the file that makes a program trust them."""

import base64
import hashlib
import ssl
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_PEM = serialization.Encoding.PEM


class Authority:
    """`file`: its own certificate. `spki`: the mark by which Chromium is told to trust what it signed."""

    def __init__(self, folder, name="Yunling Test CA"):
        folder.mkdir(exist_ok=True)
        self.folder, self.name, self.made = (
            folder,
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
            0,
        )
        self.key = ec.generate_private_key(ec.SECP256R1())
        own = self._signed(self.name, self.key, x509.BasicConstraints(ca=True, path_length=None))
        self.file = folder / "ca.pem"
        self.file.write_bytes(own.public_bytes(_PEM))
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        plain = self.key.public_key().public_bytes(serialization.Encoding.DER, form)
        self.spki = base64.b64encode(hashlib.sha256(plain).digest()).decode()

    def _signed(self, subject, key, *extensions):
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(self.name, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
        for one in extensions:
            builder = builder.add_extension(one, critical=isinstance(one, x509.BasicConstraints))
        return builder.sign(self.key, hashes.SHA256())

    def keys(self, *hosts):
        """Give a server's TLS context for these hosts."""
        self.made += 1
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        cert = self._signed(subject, key, names)
        form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        pem = self.folder / f"{self.made}.pem"
        parts = [key.private_bytes(_PEM, form, bare), cert.public_bytes(_PEM), self.file.read_bytes()]
        pem.write_bytes(b"".join(parts))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        return context
