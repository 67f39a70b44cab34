//! The machine's certificate: who vouches for it, and what is told in Go's words when nobody does.

use std::io;
use std::sync::Arc;

use engine::WinRm;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

use crate::remote::words;

/// The certificates of the authorities that a connection trusts.
pub(super) struct Authorities(Vec<CertificateDer<'static>>);

/// Looks at the machine's certificate.
#[derive(Debug)]
struct Verifier {
    trust: Trust,
    provider: Arc<CryptoProvider>,
}

#[derive(Debug)]
enum Trust {
    /// Takes any certificate, as `insecure` asks for.
    Anyone,
    /// Takes the certificates that an authority vouches for, and those that are such an authority themselves: machines
    /// with Windows often sign their own.
    Vouched {
        /// None where there are no authorities at all.
        inner: Option<Arc<WebPkiServerVerifier>>,
        authorities: Vec<CertificateDer<'static>>,
    },
}

impl Authorities {
    /// Those that the connection names. Also a connection without TLS may not name what is none.
    pub(super) fn read(connection: &WinRm) -> Result<Authorities, String> {
        let text = connection.authorities.as_bytes();
        // As in Go, what is broken counts as not there.
        let found: Vec<_> = CertificateDer::pem_slice_iter(text).filter_map(Result::ok).collect();
        match found.is_empty() && !text.is_empty() {
            true => Err("Can't parse this key and certs: Unable to read certificates".to_owned()),
            false => Ok(Authorities(found)),
        }
    }

    /// Shakes hands as the connection asks for.
    pub(super) fn connector(self, insecure: bool) -> Result<TlsConnector, String> {
        let provider = Arc::new(ring::default_provider());
        let trust = match insecure {
            true => Trust::Anyone,
            false => self.trust(&provider)?,
        };
        let verifier = Arc::new(Verifier { trust, provider: Arc::clone(&provider) });
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("tls: {error}"))?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        Ok(TlsConnector::from(Arc::new(config)))
    }

    fn trust(self, provider: &Arc<CryptoProvider>) -> Result<Trust, String> {
        let authorities = match self.0.is_empty() {
            true => rustls_native_certs::load_native_certs().certs,
            false => self.0,
        };
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(authorities.iter().cloned());
        let inner = match roots.is_empty() {
            true => None,
            false => {
                let built =
                    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
                        .build();
                Some(built.map_err(|error| format!("tls: {error}"))?)
            }
        };
        Ok(Trust::Vouched { inner, authorities })
    }
}

/// The name that a certificate has to be for.
pub(super) fn name(host: &str) -> Result<ServerName<'static>, String> {
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    ServerName::try_from(bare)
        .map_err(|_| format!("tls: \"{host}\" is no name that a certificate can be for"))
}

/// Why hands were not shaken, in Go's words.
pub(super) fn explain(error: &io::Error) -> String {
    let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return words::of(error);
    };
    match error {
        Error::InvalidCertificate(why) => {
            format!("tls: failed to verify certificate: x509: {}", of_certificate(why))
        }
        Error::InvalidMessage(_) => "tls: first record does not look like a TLS handshake".to_owned(),
        Error::AlertReceived(alert) => format!("remote error: tls: {alert:?}"),
        error => format!("tls: {error}"),
    }
}

fn of_certificate(error: &CertificateError) -> String {
    match error {
        CertificateError::UnknownIssuer => "certificate signed by unknown authority".to_owned(),
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => {
            "certificate has expired or is not yet valid".to_owned()
        }
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            "certificate relies on legacy Common Name field, use SANs instead".to_owned()
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            let address = matches!(expected, ServerName::IpAddress(_));
            let kind = if address { "IpAddress(" } else { "DnsName(" };
            let known = presented.iter().filter_map(|name| name.strip_prefix(kind)?.strip_suffix(')'));
            let known: Vec<_> = known.map(|name| name.trim_matches('"')).collect();
            let expected = expected.to_str();
            match (known.as_slice(), address) {
                ([], true) => {
                    format!(
                        "cannot validate certificate for {expected} because it doesn't contain any IP SANs"
                    )
                }
                ([], false) => {
                    format!("certificate is not valid for any names, but wanted to match {expected}")
                }
                (known, _) => format!("certificate is valid for {}, not {expected}", known.join(", ")),
            }
        }
        error => error.to_string(),
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Trust::Vouched { inner, authorities } = &self.trust else {
            return Ok(ServerCertVerified::assertion());
        };
        let Some(inner) = inner else { return Err(CertificateError::UnknownIssuer.into()) };
        match inner.verify_server_cert(shown, others, name, ocsp, now) {
            // The only thing wrong is that this is an authority itself. Its dates have been looked at by then.
            Err(Error::InvalidCertificate(CertificateError::Other(why)))
                if format!("{why:?}").contains("CaUsedAsEndEntity") =>
            {
                if !authorities.contains(shown) {
                    return Err(CertificateError::UnknownIssuer.into());
                }
                verify_server_name(&ParsedCertificate::try_from(shown)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, shown, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        shown: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, shown, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
