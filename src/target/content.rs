use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

use crate::source::{Digest, FileId, LineIndex, Notice, NoticeKind, SourceFile};

/// How many bytes decide whether a file is text.
pub(super) const SNIFFED: usize = 8 << 10;

/// The bytes of a file, decoded.
#[derive(Clone, Debug)]
pub(super) struct Content {
    text: Arc<str>,
    binary: Arc<[u8]>,
    digest: Digest,
    /// The first byte that is not valid in the file's encoding.
    invalid_at: Option<usize>,
    lines: Arc<OnceLock<LineIndex>>,
}

/// What the first bytes of a file say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Utf16 {
        is_big_endian: bool,
    },
    /// Binary, but some reader knows it.
    Readable,
    Binary,
}

impl Form {
    fn of(head: &[u8]) -> Self {
        match head {
            [0xff, 0xfe, ..] => Self::Utf16 { is_big_endian: false },
            [0xfe, 0xff, ..] => Self::Utf16 { is_big_endian: true },
            _ if head.starts_with(b"bplist") => Self::Readable,
            _ if head[..head.len().min(SNIFFED)].contains(&0) => Self::Binary,
            _ => Self::Text,
        }
    }
}

/// Whether a file that begins like this is worth reading to its end.
pub(super) fn is_worth_reading(head: &[u8]) -> bool {
    Form::of(head) != Form::Binary
}

impl Content {
    /// Decodes the bytes of a file. Of a binary file that no reader knows, only the digest of its first bytes stays.
    pub(super) fn decode(mut bytes: Vec<u8>) -> Self {
        let form = Form::of(&bytes);
        if form == Form::Binary {
            bytes.truncate(SNIFFED);
        }
        let digest = Digest(Sha256::digest(&bytes).into());
        let (text, binary, invalid_at) = match form {
            Form::Text => decode_utf8(bytes),
            Form::Utf16 { is_big_endian } => decode_utf16(&bytes[2..], is_big_endian),
            Form::Readable => (String::new(), bytes, None),
            Form::Binary => (String::new(), Vec::new(), None),
        };
        Self { text: text.into(), binary: binary.into(), digest, invalid_at, lines: Arc::default() }
    }

    /// The file that has this content.
    pub(super) fn into_file(self, id: FileId, path: Arc<str>, notices: &mut Vec<Notice>) -> SourceFile {
        if let Some(at) = self.invalid_at {
            let line = self.text.as_bytes()[..at.min(self.text.len())].iter().filter(|&&byte| byte == b'\n').count() as u32 + 1;
            let message = "not valid in its encoding; what is not was replaced";
            notices.push(Notice::about(&path, NoticeKind::Encoding, message).at_line(line));
        }
        let Self { text, binary, digest, lines, .. } = self;
        SourceFile { id, path, text, binary, digest, lines, ..SourceFile::in_memory(id, "", "") }
    }
}

fn decode_utf8(mut bytes: Vec<u8>) -> (String, Vec<u8>, Option<usize>) {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, Vec::new(), None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            (String::from_utf8_lossy(error.as_bytes()).into_owned(), Vec::new(), Some(at))
        }
    }
}

fn decode_utf16(bytes: &[u8], is_big_endian: bool) -> (String, Vec<u8>, Option<usize>) {
    let units = bytes.chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if is_big_endian { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
    });
    let mut text = String::with_capacity(bytes.len());
    let mut invalid_at = None;
    for unit in char::decode_utf16(units) {
        if unit.is_err() {
            invalid_at.get_or_insert(text.len());
        }
        text.push(unit.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    (text, Vec::new(), invalid_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_decoded_by_their_first_bytes() {
        let cases: &[(&[u8], &str, usize, Option<usize>)] = &[
            (b"plain", "plain", 0, None),
            (b"\xef\xbb\xbfwith mark", "with mark", 0, None),
            (b"ok\n\xff\xff", "ok\n\u{fffd}\u{fffd}", 0, Some(3)),
            (b"\xff\xfeh\0i\0", "hi", 0, None),
            (b"\xfe\xff\0h\0i", "hi", 0, None),
            (b"\xfe\xff\xd8\0\0i", "\u{fffd}i", 0, Some(0)),
            (b"bplist00\0\x01", "", 10, None),
            (b"\x89PNG\0\0", "", 0, None),
            (b"", "", 0, None),
        ];
        for (bytes, text, binary, invalid_at) in cases {
            let content = Content::decode(bytes.to_vec());
            let got = (&*content.text, content.binary.len(), content.invalid_at);
            assert_eq!(got, (*text, *binary, *invalid_at), "{bytes:?}");
        }
    }

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        let digest = Content::decode(b"abc".to_vec()).digest.to_string();
        assert_eq!(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn invalid_bytes_are_noticed_at_their_line() {
        let mut notices = Vec::new();
        Content::decode(b"a\nb\n\xff".to_vec()).into_file(FileId(0), "x.js".into(), &mut notices);
        assert_eq!(notices[0].line, Some(3));
    }
}
