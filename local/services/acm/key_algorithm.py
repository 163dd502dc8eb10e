"""A certificate has the key that was asked for; moto makes each with RSA_2048.

https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
"""

RSA_BITS = {"RSA_1024": 1024, "RSA_2048": 2048, "RSA_3072": 3072, "RSA_4096": 4096}
CURVES = {"EC_prime256v1": "SECP256R1", "EC_secp384r1": "SECP384R1", "EC_secp521r1": "SECP521R1"}


def install() -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from moto.acm.exceptions import AWSValidationException
    from moto.acm.responses import AWSCertificateManagerResponse

    request = AWSCertificateManagerResponse.request_certificate

    def key_of(algorithm: str):
        if algorithm in CURVES:
            return ec.generate_private_key(getattr(ec, CURVES[algorithm])())
        return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS[algorithm])

    def with_key(bundle, algorithm: str) -> None:
        """Makes the certificate anew with a key of an algorithm."""
        key, old = key_of(algorithm), bundle._cert
        builder = (
            x509.CertificateBuilder()
            .subject_name(old.subject)
            .issuer_name(old.issuer)
            .public_key(key.public_key())
            .serial_number(old.serial_number)
            .not_valid_before(old.not_valid_before_utc)
            .not_valid_after(old.not_valid_after_utc)
        )
        for extension in old.extensions:
            builder = builder.add_extension(extension.value, extension.critical)
        bundle.cert = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        bundle.key = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        bundle._key = bundle.validate_pk()
        bundle._cert = bundle.validate_certificate()

    def requested(self):
        algorithm = self._get_param("KeyAlgorithm") or "RSA_2048"
        if algorithm not in {**RSA_BITS, **CURVES}:
            raise AWSValidationException(f"Value '{algorithm}' at 'keyAlgorithm' failed to satisfy constraint")
        result = request(self)
        bundle = self.acm_backend.get_certificate(result.result["CertificateArn"])
        # A token that was given before leads to the certificate of that time.
        if bundle.describe()["Certificate"]["KeyAlgorithm"] != algorithm:
            with_key(bundle, algorithm)
        return result

    AWSCertificateManagerResponse.request_certificate = requested
