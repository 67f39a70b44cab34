//! Whether a machine is the one that a configuration means: by its key, or by the authority that signed it.

use std::time::{SystemTime, UNIX_EPOCH};

use russh::keys::ssh_key::certificate::CertType;
use russh::keys::{Algorithm, Certificate, EcdsaCurve, HashAlg, PublicKey, PublicKeyOrCertificate};

/// The kinds of keys that a machine may show, in the order in which Go asks for them: where a machine has several, this
/// decides which one is compared.
pub(super) const KINDS: &[Algorithm] = &[
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP384 },
    Algorithm::Ecdsa { curve: EcdsaCurve::NistP521 },
    Algorithm::Rsa { hash: Some(HashAlg::Sha256) },
    Algorithm::Rsa { hash: Some(HashAlg::Sha512) },
    Algorithm::Ed25519,
];

/// The key that `host_key` names may be the machine's own or that of an authority: each is tried as what is shown.
pub(super) fn check(
    expected: &PublicKey,
    shown: &PublicKeyOrCertificate,
    host: &str,
    port: u16,
) -> Result<(), String> {
    match shown {
        PublicKeyOrCertificate::PublicKey { key, .. } if key.key_data() == expected.key_data() => Ok(()),
        PublicKeyOrCertificate::PublicKey { .. } => Err("knownhosts: key mismatch".to_owned()),
        PublicKeyOrCertificate::Certificate(certificate) => {
            if certificate.signature_key() != expected.key_data() {
                return Err(format!("ssh: no authorities for hostname: {host}:{port}"));
            }
            valid(certificate, host.trim_start_matches('[').trim_end_matches(']'))
        }
    }
}

/// Whether a certificate of the right authority counts for this host and today.
fn valid(certificate: &Certificate, host: &str) -> Result<(), String> {
    if certificate.cert_type() != CertType::Host {
        return Err("ssh: certificate presented as a host key has type 1".to_owned());
    }
    if let Some((option, _)) = certificate.critical_options().iter().next() {
        return Err(format!("ssh: unsupported critical option {option:?} in certificate"));
    }
    let principals = certificate.valid_principals();
    if !principals.is_empty() && !principals.iter().any(|principal| principal == host) {
        let listed: Vec<String> = principals.iter().map(|principal| format!("{principal:?}")).collect();
        return Err(format!(
            "ssh: principal {host:?} not in the set of valid principals for given certificate: [{}]",
            listed.join(" ")
        ));
    }
    // A clock before 1970 reads as 1970.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    if now < certificate.valid_after() {
        return Err("ssh: cert is not yet valid".to_owned());
    }
    if now >= certificate.valid_before() {
        return Err("ssh: cert has expired".to_owned());
    }
    certificate.verify_signature().map_err(|_| "ssh: certificate signature does not verify".to_owned())
}
