extension Schema {
    /// Certificates of zones: paths of files on the nodes, as `{"certificate":PATH,"key":PATH}`.
    static let step2 = """
        ALTER TABLE zone ADD COLUMN tls TEXT CHECK (tls IS NULL OR json_type(tls) = 'object');
        """
}
