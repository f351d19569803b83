"""Why a PBX was not reached or not believed: what happened, why, what to do next."""

from __future__ import annotations

from hbgui.texts.translation import QT_TRANSLATE_NOOP

TRANSPORT: dict[str, tuple[str, str, str]] = {
    "name_unknown": (
        QT_TRANSLATE_NOOP("texts", "No address was found for the PBX's name"),
        QT_TRANSLATE_NOOP("texts", "The look-up of {address} brought none: {detail}."),
        QT_TRANSLATE_NOOP(
            "texts", "Check the spelling and the network, or enter the PBX's IP address."
        ),
    ),
    "connection_refused": (
        QT_TRANSLATE_NOOP("texts", "Nothing listens on that port"),
        QT_TRANSLATE_NOOP(
            "texts", "{address}, or a firewall in its place, refused the connection."
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Check the port of the PBX's web page: usually 8088 with https, 80 with http."
        ),
    ),
    "no_route": (
        QT_TRANSLATE_NOOP("texts", "There is no way to the PBX"),
        QT_TRANSLATE_NOOP(
            "texts",
            "This computer is offline, or it or a router on the way has no route to {address}.",
        ),
        QT_TRANSLATE_NOOP("texts", "Check the network cable, Wi-Fi or VPN, and the address."),
    ),
    "no_device": (
        QT_TRANSLATE_NOOP("texts", "No device answers at this address"),
        QT_TRANSLATE_NOOP(
            "texts",
            "{address} is in this computer's own network, and nothing is there, "
            "or a firewall turns us away.",
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Check the address, and that the PBX is on and plugged into this network."
        ),
    ),
    "host_unreachable": (
        QT_TRANSLATE_NOOP("texts", "No device answers at this address, says the network"),
        QT_TRANSLATE_NOOP(
            "texts",
            "{address} is in another network. This computer, or a router or firewall on the way, "
            "says that no packet gets there.",
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Check the address, whether the PBX is on, the router and the VPN."
        ),
    ),
    "connect_forbidden": (
        QT_TRANSLATE_NOOP("texts", "This computer may not connect to the PBX"),
        QT_TRANSLATE_NOOP(
            "texts",
            "Its own firewall or rules, or with IPv6 one on the way, forbid a connection to "
            "{address}. The system says: {detail}.",
        ),
        QT_TRANSLATE_NOOP(
            "texts",
            "Let hbgui through in this computer's firewall or security program, or on the way.",
        ),
    ),
    "connect_failed": (
        QT_TRANSLATE_NOOP("texts", "The connection could not be made"),
        QT_TRANSLATE_NOOP(
            "texts", "No connection to {address} came about. The system says: {detail}."
        ),
        QT_TRANSLATE_NOOP("texts", "Check the address; if it is right, restart this computer."),
    ),
    "zone_unknown": (
        QT_TRANSLATE_NOOP("texts", "Which network adapter leads there is not known"),
        QT_TRANSLATE_NOOP(
            "texts",
            "{address} needs the name of one of this computer's adapters behind a %. "
            "Nothing was sent.",
        ),
        QT_TRANSLATE_NOOP(
            "texts",
            "Write it as in fe80::1%eth0 (on Windows with the adapter's number), or enter another "
            "address of the PBX.",
        ),
    ),
    "adapter_down": (
        QT_TRANSLATE_NOOP("texts", "The chosen network adapter has no address"),
        QT_TRANSLATE_NOOP("texts", "So there is no address to announce to {address}."),
        QT_TRANSLATE_NOOP("texts", "Plug the adapter in, or choose another address."),
    ),
    "connect_timed_out": (
        QT_TRANSLATE_NOOP("texts", "The PBX did not answer"),
        QT_TRANSLATE_NOOP(
            "texts", "No connection to {address} came about in time: the packets vanish."
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Check the address, the network or VPN, and firewalls on the way."
        ),
    ),
    "timed_out": (
        QT_TRANSLATE_NOOP("texts", "The PBX was not done in time"),
        QT_TRANSLATE_NOOP("texts", "{address} took the connection, but gave no whole answer."),
        QT_TRANSLATE_NOOP(
            "texts", "Whether it took the request is not known. Try again; restart the PBX's API."
        ),
    ),
    "timed_out_in_handshake": (
        QT_TRANSLATE_NOOP("texts", "Encryption was not agreed in time"),
        QT_TRANSLATE_NOOP(
            "texts", "{address} took the connection, but said too little. Nothing was sent."
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Check that this is the PBX's https port, usually 8088; then try again."
        ),
    ),
    "connection_lost": (
        QT_TRANSLATE_NOOP("texts", "The connection was cut before an answer came"),
        QT_TRANSLATE_NOOP(
            "texts",
            "{address}, a firewall or the network on the way ended it. "
            "Whether the request was taken is not known.",
        ),
        QT_TRANSLATE_NOOP(
            "texts",
            "Is this computer blocked? On the PBX: Settings > System > Security > "
            "IP Auto Defense > Blocked IP Address.",
        ),
    ),
    "connection_cut_in_handshake": (
        QT_TRANSLATE_NOOP("texts", "The connection was cut while encryption was agreed"),
        QT_TRANSLATE_NOOP(
            "texts", "{address}, a firewall or the network ended it. Nothing was sent."
        ),
        QT_TRANSLATE_NOOP(
            "texts",
            "Is this computer blocked? On the PBX: Settings > System > Security > "
            "IP Auto Defense > Blocked IP Address.",
        ),
    ),
    "tls_too_old": (
        QT_TRANSLATE_NOOP("texts", "The PBX only offers outdated encryption"),
        QT_TRANSLATE_NOOP("texts", "{address} knows no TLS 1.2. Nothing was sent."),
        QT_TRANSLATE_NOOP(
            "texts", "On the PBX: Settings > System > Security > Service, security level High."
        ),
    ),
    "tls_too_new": (
        QT_TRANSLATE_NOOP("texts", "The PBX only offers newer encryption"),
        QT_TRANSLATE_NOOP("texts", "{address} wants TLS 1.3. Nothing was sent."),
        QT_TRANSLATE_NOOP("texts", "Choose the TLS level “modern” for this PBX."),
    ),
    "tls_no_common_version": (
        QT_TRANSLATE_NOOP("texts", "No common version of TLS"),
        QT_TRANSLATE_NOOP(
            "texts", "{address} speaks none that this computer offers. Nothing was sent."
        ),
        QT_TRANSLATE_NOOP("texts", "Update the PBX's firmware, or use http inside a safe network."),
    ),
    "tls_weak_key_exchange": (
        QT_TRANSLATE_NOOP("texts", "The key exchange of the PBX is too weak"),
        QT_TRANSLATE_NOOP(
            "texts", "{address} uses a Diffie-Hellman group that is too small. Nothing was sent."
        ),
        QT_TRANSLATE_NOOP("texts", "Update the PBX's firmware."),
    ),
    "tls_weak_signature": (
        QT_TRANSLATE_NOOP("texts", "The PBX signs the handshake in an outdated way"),
        QT_TRANSLATE_NOOP(
            "texts",
            "{address} uses a signature algorithm "
            "that this TLS level does not take, as SHA-1. Nothing was sent.",
        ),
        QT_TRANSLATE_NOOP("texts", "Update the PBX's firmware."),
    ),
    "tls_no_secure_renegotiation": (
        QT_TRANSLATE_NOOP("texts", "The PBX lacks a protection of TLS"),
        QT_TRANSLATE_NOOP(
            "texts", "{address} does not know secure renegotiation (RFC 5746). Nothing was sent."
        ),
        QT_TRANSLATE_NOOP("texts", "Update the PBX's firmware."),
    ),
    "tls_name_refused": (
        QT_TRANSLATE_NOOP("texts", "The PBX does not know the name that it was called by"),
        QT_TRANSLATE_NOOP(
            "texts", "{address} refused this host name in the handshake. Nothing was sent."
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Enter the PBX by its IP address, or by the name in its certificate."
        ),
    ),
    "tls_off_here": (
        QT_TRANSLATE_NOOP("texts", "This computer offers no encryption at this TLS level"),
        QT_TRANSLATE_NOOP("texts", "Its OpenSSL has switched it off. {address} was sent nothing."),
        QT_TRANSLATE_NOOP("texts", "Choose another TLS level for this PBX."),
    ),
    "tls_no_common_cipher": (
        QT_TRANSLATE_NOOP("texts", "The PBX refused the encryption that was offered"),
        QT_TRANSLATE_NOOP(
            "texts",
            "{address} does not say why; mostly there is no method that both know. "
            "Nothing was sent.",
        ),
        QT_TRANSLATE_NOOP("texts", "Update the PBX's firmware, or use http inside a safe network."),
    ),
    "tls_failed": (
        QT_TRANSLATE_NOOP("texts", "Encryption could not be agreed"),
        QT_TRANSLATE_NOOP(
            "texts", "The handshake with {address} failed: {detail}. Nothing was sent."
        ),
        QT_TRANSLATE_NOOP("texts", "Check that this is the PBX's https port, usually 8088."),
    ),
    "tls_client_certificate": (
        QT_TRANSLATE_NOOP("texts", "The PBX asks for a client certificate"),
        QT_TRANSLATE_NOOP("texts", "{address} wants one, and hbgui has none to show."),
        QT_TRANSLATE_NOOP("texts", "Check that this is the PBX's web port, usually 8088."),
    ),
    "plain_http_on_this_port": (
        QT_TRANSLATE_NOOP("texts", "No encryption on this port"),
        QT_TRANSLATE_NOOP("texts", "{address} speaks plain http. Nothing was sent."),
        QT_TRANSLATE_NOOP("texts", "https is usually on port 8088; or write http:// before it."),
    ),
    "tls_on_this_port": (
        QT_TRANSLATE_NOOP("texts", "This port wants https"),
        QT_TRANSLATE_NOOP("texts", "{address} expects encryption and did not read the request."),
        QT_TRANSLATE_NOOP("texts", "Write https:// before the PBX's address."),
    ),
    "not_http": (
        QT_TRANSLATE_NOOP("texts", "Something else seems to answer on that port"),
        QT_TRANSLATE_NOOP("texts", "What came back from {address} is not HTTP, or broken HTTP."),
        QT_TRANSLATE_NOOP("texts", "Check the port of the PBX's web page, usually 8088."),
    ),
    "answer_too_large": (
        QT_TRANSLATE_NOOP("texts", "The answer is far too large"),
        QT_TRANSLATE_NOOP("texts", "{address} sent more than any PBX does; reading was stopped."),
        QT_TRANSLATE_NOOP("texts", "Check that this is the PBX's web port, usually 8088."),
    ),
    "answer_cut_off": (
        QT_TRANSLATE_NOOP("texts", "The answer was cut off"),
        QT_TRANSLATE_NOOP("texts", "Only a part of it came from {address}, or could be read."),
        QT_TRANSLATE_NOOP("texts", "Whether it took the request is not known. Send another."),
    ),
    "answer_compressed": (
        QT_TRANSLATE_NOOP("texts", "The answer came in a form that was not asked for"),
        QT_TRANSLATE_NOOP("texts", "{address} encoded it ({detail}); a PBX does not do that."),
        QT_TRANSLATE_NOOP("texts", "Check for a proxy on the way, and the port."),
    ),
    "certificate_self_signed": (
        QT_TRANSLATE_NOOP("texts", "The certificate is not trusted"),
        QT_TRANSLATE_NOOP(
            "texts", "{address} shows a certificate that it made itself. Nothing was sent."
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Usual for PBXs: look at the certificate, and trust it for this PBX."
        ),
    ),
    "certificate_unknown_issuer": (
        QT_TRANSLATE_NOOP("texts", "The certificate is not trusted"),
        QT_TRANSLATE_NOOP(
            "texts",
            "This computer does not know who issued the one of {address}. Nothing was sent.",
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Usual for PBXs: look at the certificate, and trust it for this PBX."
        ),
    ),
    "certificate_expired": (
        QT_TRANSLATE_NOOP("texts", "The certificate has run out"),
        QT_TRANSLATE_NOOP(
            "texts", "That of {address}, or its issuer's, is past its date. Nothing was sent."
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Check this computer's date first; then renew it on the PBX, or trust it."
        ),
    ),
    "certificate_not_yet_valid": (
        QT_TRANSLATE_NOOP("texts", "The certificate is not valid yet"),
        QT_TRANSLATE_NOOP(
            "texts", "That of {address}, or its issuer's, begins in the future. Nothing was sent."
        ),
        QT_TRANSLATE_NOOP("texts", "Usually this computer's clock is wrong: check it."),
    ),
    "certificate_wrong_name": (
        QT_TRANSLATE_NOOP("texts", "The certificate is for another name"),
        QT_TRANSLATE_NOOP("texts", "It does not name {address}. Nothing was sent."),
        QT_TRANSLATE_NOOP(
            "texts", "Use the name in the certificate, or look at it and trust it for this PBX."
        ),
    ),
    "certificate_too_weak": (
        QT_TRANSLATE_NOOP("texts", "The certificate is too weak"),
        QT_TRANSLATE_NOOP("texts", "The key of {address} is too short to prove anything."),
        QT_TRANSLATE_NOOP(
            "texts", "Install a new one on the PBX, or look at this one and trust it for this PBX."
        ),
    ),
    "certificate_weak_issuer": (
        QT_TRANSLATE_NOOP("texts", "The certificate's issuer is too weak"),
        QT_TRANSLATE_NOOP(
            "texts",
            "The key of who issued the one of {address} "
            "is too short to prove anything. Nothing was sent.",
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Install a new one on the PBX, or look at this one and trust it for this PBX."
        ),
    ),
    "certificate_weak_signature": (
        QT_TRANSLATE_NOOP("texts", "The certificate's signature is too weak"),
        QT_TRANSLATE_NOOP(
            "texts",
            "That of {address} is signed in an outdated way, as with SHA-1. Nothing was sent.",
        ),
        QT_TRANSLATE_NOOP(
            "texts", "Install a new one on the PBX, or look at this one and trust it for this PBX."
        ),
    ),
    "certificate_untrusted": (
        QT_TRANSLATE_NOOP("texts", "The certificate is not trusted"),
        QT_TRANSLATE_NOOP(
            "texts", "That of {address} did not pass the check: {detail}. Nothing was sent."
        ),
        QT_TRANSLATE_NOOP("texts", "Look at the certificate, and trust it for this PBX."),
    ),
    "certificate_changed": (
        QT_TRANSLATE_NOOP("texts", "This is not the certificate that you trusted"),
        QT_TRANSLATE_NOOP(
            "texts",
            "Either it was renewed, or something else answers as {address}. Nothing was sent.",
        ),
        QT_TRANSLATE_NOOP(
            "texts", "If nobody renewed it or replaced the PBX, do not go on. Compare the two."
        ),
    ),
    "certificate_not_pinned": (
        QT_TRANSLATE_NOOP("texts", "No certificate of this address is trusted yet"),
        QT_TRANSLATE_NOOP("texts", "A pin is for one host and port. {address} got nothing."),
        QT_TRANSLATE_NOOP("texts", "Look at the certificate, and trust it for this PBX."),
    ),
    "proxy_unreachable": (
        QT_TRANSLATE_NOOP("texts", "The way through the proxy failed"),
        QT_TRANSLATE_NOOP("texts", "So {address} was not asked. The system says: {detail}."),
        QT_TRANSLATE_NOOP("texts", "Check the proxy's address, or use none for this PBX."),
    ),
    "proxy_refused_407": (
        QT_TRANSLATE_NOOP("texts", "The proxy wants a login"),
        QT_TRANSLATE_NOOP(
            "texts", "hbgui cannot log in to a proxy. It sent nothing on to {address}: {detail}."
        ),
        QT_TRANSLATE_NOOP("texts", "Use a proxy without a login, or none, for this PBX."),
    ),
    "proxy_refused_5xx": (
        QT_TRANSLATE_NOOP("texts", "The proxy could not connect to the PBX"),
        QT_TRANSLATE_NOOP("texts", "It got no connection to {address}. It says: {detail}."),
        QT_TRANSLATE_NOOP(
            "texts", "Check the PBX's address and whether it is on, or use no proxy for it."
        ),
    ),
    "proxy_has_user": (
        QT_TRANSLATE_NOOP("texts", "A proxy with a password is not supported"),
        QT_TRANSLATE_NOOP(
            "texts",
            "The system's setting names a user for its proxy, and hbgui cannot log in to one. "
            "{address} was not asked.",
        ),
        QT_TRANSLATE_NOOP("texts", "Use a proxy without a login, or none, for this PBX."),
    ),
    "proxy_scheme": (
        QT_TRANSLATE_NOOP("texts", "This kind of proxy is not supported"),
        QT_TRANSLATE_NOOP(
            "texts",
            "The system's setting names a proxy of the kind {detail}, and hbgui knows plain HTTP "
            "proxies only. {address} was not asked.",
        ),
        QT_TRANSLATE_NOOP("texts", "Use an HTTP proxy, or none, for this PBX."),
    ),
    "proxy_malformed": (
        QT_TRANSLATE_NOOP("texts", "The system's proxy setting cannot be read"),
        QT_TRANSLATE_NOOP("texts", "It is no host and port. {address} was not asked."),
        QT_TRANSLATE_NOOP("texts", "Correct the setting, or use no proxy for this PBX."),
    ),
    "proxy_refused": (
        QT_TRANSLATE_NOOP("texts", "The proxy does not let us through to the PBX"),
        QT_TRANSLATE_NOOP("texts", "It did not connect to {address}. It says: {detail}."),
        QT_TRANSLATE_NOOP(
            "texts", "Use no proxy for this PBX, or let its administrator allow that port."
        ),
    ),
}
