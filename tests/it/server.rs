//! A server on loopback that gives out files, and breaks off where a test wants it to.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A file on the server.
#[derive(Clone, Default)]
pub(crate) struct Served {
    pub(crate) bytes: Vec<u8>,
    pub(crate) etag: String,
    /// Further lines of the head.
    pub(crate) headers: String,
    /// The bodies of the first answers end after so many bytes.
    pub(crate) cuts: Vec<usize>,
}

/// A request as it came, its lines joined.
type Request = String;

#[derive(Default)]
struct Shelf {
    files: HashMap<String, Served>,
    requests: Vec<Request>,
}

/// The server; its thread ends with the test.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) address: String,
    shelf: Arc<Mutex<Shelf>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let server = Self { address, shelf: Arc::default() };
        let answering = server.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                // A client that goes away is its own affair.
                let _ = answering.answer(&connection);
            }
        });
        server
    }

    pub(crate) fn serve(&self, path: &str, file: Served) {
        self.shelf.lock().expect("no panic").files.insert(path.to_owned(), file);
    }

    /// The requests since the last time.
    pub(crate) fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.shelf.lock().expect("no panic").requests)
    }

    fn answer(&self, connection: &TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(connection);
        let mut out = connection;
        let mut request = head(&mut reader)?;
        if request.starts_with("CONNECT ") {
            self.shelf.lock().expect("no panic").requests.push(request);
            out.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            request = head(&mut reader)?;
        }
        let mut shelf = self.shelf.lock().expect("no panic");
        shelf.requests.push(request.clone());
        let path = request.split(' ').nth(1).unwrap_or_default();
        let Some(file) = shelf.files.get_mut(path) else {
            return out.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        };
        out.write_all(&file.answer(&request))
    }
}

impl Served {
    fn answer(&mut self, request: &str) -> Vec<u8> {
        let field = |name: &str| {
            request.lines().find_map(|line| Some(line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name))?.1))
        };
        let all = self.bytes.len();
        if !self.etag.is_empty() && field("if-none-match") == Some(&*self.etag) {
            return b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n".to_vec();
        }
        let start = field("range").filter(|_| field("if-range") == Some(&*self.etag));
        let start = start.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
        let status = match start {
            Some(start) => format!("206 Partial Content\r\nContent-Range: bytes {start}-{}/{all}", all - 1),
            None => "200 OK".to_owned(),
        };
        let body = &self.bytes[start.unwrap_or(0)..];
        let head = format!(
            "HTTP/1.1 {status}\r\nETag: {}\r\nContent-Length: {}\r\n{}Connection: close\r\n\r\n",
            self.etag,
            body.len(),
            self.headers
        );
        let end = if self.cuts.is_empty() { body.len() } else { self.cuts.remove(0).min(body.len()) };
        [head.as_bytes(), &body[..end]].concat()
    }
}

fn head(reader: &mut impl BufRead) -> std::io::Result<Request> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end();
        if line.is_empty() {
            return Ok(lines.join("\n"));
        }
        lines.push(line.to_owned());
    }
}
