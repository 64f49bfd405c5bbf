//! Builds JSON objects whose keys stay in the order they were written, as on the real wire.
//! It reads no JSON.

use serde::Serialize;

/// A JSON object under construction.
pub(crate) struct Object(String);

impl Object {
    pub(crate) fn new() -> Self {
        Self(String::from("{"))
    }

    /// Adds a field whose value serde renders.
    pub(crate) fn field<T: Serialize + ?Sized>(self, key: &str, value: &T) -> Self {
        let json = render(value);
        self.raw(key, &json)
    }

    /// Adds a field whose value is JSON text already.
    pub(crate) fn raw(mut self, key: &str, json: &str) -> Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&render(key));
        self.0.push(':');
        self.0.push_str(json);
        self
    }

    /// Adds the field when there is a value, and leaves the key out when there is none.
    pub(crate) fn optional<T: Serialize>(self, key: &str, value: Option<&T>) -> Self {
        match value {
            Some(value) => self.field(key, value),
            None => self,
        }
    }

    /// Adds what `add` adds when `condition` holds.
    pub(crate) fn when(self, condition: bool, add: impl FnOnce(Self) -> Self) -> Self {
        if condition { add(self) } else { self }
    }

    pub(crate) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// The JSON text of a value; `null` for what JSON cannot hold, such as a map with odd keys.
pub(crate) fn render<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| String::from("null"))
}

/// The JSON text of a list of ready JSON texts.
pub(crate) fn list(items: &[String]) -> String {
    format!("[{}]", items.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_keep_their_order_and_absent_ones_leave_no_trace() {
        let json = Object::new()
            .field("z", "a\"b")
            .optional::<u8>("m", None)
            .raw("a", &list(&[String::from("1"), String::from("null")]))
            .finish();
        assert_eq!(json, r#"{"z":"a\"b","a":[1,null]}"#);
        assert_eq!(Object::new().finish(), "{}");
    }
}
