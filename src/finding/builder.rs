/// The only way to make a [`Finding`](super::Finding).
#[derive(Debug)]
pub struct FindingBuilder;
