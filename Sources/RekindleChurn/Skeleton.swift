/// Placeholder of the skeleton; replaced by the table model.
enum Skeleton {}
