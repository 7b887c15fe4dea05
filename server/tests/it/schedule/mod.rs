mod solar;
