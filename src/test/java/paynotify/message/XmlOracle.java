package paynotify.message;

import java.io.ByteArrayInputStream;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.dom4j.CDATA;
import org.dom4j.Comment;
import org.dom4j.Document;
import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.dom4j.Node;
import org.dom4j.ProcessingInstruction;
import org.dom4j.Text;
import org.dom4j.io.SAXReader;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** What an independent parser (dom4j over the JDK's Xerces, hardened) reads from the same bytes. */
final class XmlOracle {
    private final SAXReader reader = new SAXReader();

    XmlOracle() {
        try {
            reader.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            reader.setFeature("http://xml.org/sax/features/external-general-entities", false);
            reader.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
        } catch (SAXException e) {
            throw new IllegalStateException(e);
        }
        reader.setMergeAdjacentText(true);
        reader.setErrorHandler(new Silent());
    }

    /** The fields by name, or null if the bytes are not well-formed or bear a document type. */
    Map<String, String> read(byte[] body) {
        Document document = document(body);
        if (document == null) {
            return null;
        }
        Map<String, String> fields = new TreeMap<>();
        for (Element element : document.getRootElement().elements()) {
            fields.put(element.getQualifiedName(), element.getText());
        }
        return fields;
    }

    /** Whether the bytes are well-formed and in the dialect, so that they must be taken. */
    boolean isInDialect(byte[] body) {
        Document document = document(body);
        if (document == null || document.content().stream().anyMatch(ProcessingInstruction.class::isInstance)) {
            return false;
        }
        String encoding = document.getXMLEncoding();
        if (encoding != null && !encoding.equalsIgnoreCase("UTF-8")) {
            return false;
        }
        Element root = document.getRootElement();
        Set<String> names = new HashSet<>();
        return root.getQualifiedName().equals("xml")
                && isPlain(root)
                && root.content().stream().allMatch(node -> isBetweenFields(node) || isField(node, names));
    }

    private static boolean isBetweenFields(Node node) {
        return node instanceof Comment
                || (node instanceof Text && node.getText().matches("[ \t\r\n]*"));
    }

    private static boolean isField(Node node, Set<String> names) {
        return node instanceof Element field
                && isPlain(field)
                && names.add(field.getName())
                && field.content().stream().allMatch(XmlOracle::isText);
    }

    private static boolean isPlain(Element element) {
        return element.attributeCount() == 0
                && element.declaredNamespaces().isEmpty()
                && element.getQualifiedName().indexOf(':') < 0;
    }

    private static boolean isText(Node node) {
        return node instanceof Text || node instanceof CDATA || node instanceof Comment;
    }

    private Document document(byte[] body) {
        try {
            return reader.read(new ByteArrayInputStream(body));
        } catch (DocumentException e) {
            return null;
        }
    }

    private static final class Silent implements ErrorHandler {
        @Override
        public void warning(SAXParseException e) {
            // A warning is about a document type, of which there is none.
        }

        @Override
        public void error(SAXParseException e) throws SAXException {
            throw e;
        }

        @Override
        public void fatalError(SAXParseException e) throws SAXException {
            throw e;
        }
    }
}
