//! Writes a TOML value in the packed form. The build script uses this file too: it knows nothing of the program.

use toml::Value;

use super::tag;

/// Appends a value. What stands at the top under one of the names `later` is packed apart, to be read when somebody asks for it.
pub(crate) fn encode(value: &Value, later: &[&str], out: &mut Vec<u8>) {
    match value {
        Value::Boolean(false) => out.push(tag::FALSE),
        Value::Boolean(true) => out.push(tag::TRUE),
        Value::Integer(number) => {
            out.push(tag::INTEGER);
            length(((number << 1) ^ (number >> 63)) as u64, out);
        }
        Value::Float(number) => {
            out.push(tag::FLOAT);
            out.extend(number.to_le_bytes());
        }
        Value::String(string) => {
            out.push(tag::TEXT);
            text(string, out);
        }
        Value::Datetime(date) => {
            out.push(tag::TEXT);
            text(&date.to_string(), out);
        }
        Value::Array(items) => {
            out.push(tag::ARRAY);
            length(items.len() as u64, out);
            items.iter().for_each(|item| encode(item, &[], out));
        }
        Value::Table(table) => {
            out.push(tag::TABLE);
            length(table.len() as u64, out);
            for (key, value) in table {
                text(key, out);
                if later.contains(&&**key) {
                    let mut apart = Vec::new();
                    encode(value, &[], &mut apart);
                    out.push(tag::LATER);
                    length(apart.len() as u64, out);
                    out.extend(apart);
                } else {
                    encode(value, &[], out);
                }
            }
        }
    }
}

fn text(text: &str, out: &mut Vec<u8>) {
    length(text.len() as u64, out);
    out.extend(text.as_bytes());
}

fn length(mut number: u64, out: &mut Vec<u8>) {
    while number > 127 {
        out.push((number as u8) | 128);
        number >>= 7;
    }
    out.push(number as u8);
}
