package paynotify.bill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import paynotify.kit.BillText;
import paynotify.sender.Bill;
import paynotify.store.BillComparison;
import paynotify.store.Bills;
import paynotify.store.Bills.End;
import paynotify.store.Bills.State;

class BillFileTest {
    private static final String MCH_ID = "1900000109";
    private static final int MORE_THAN_A_PIECE = BillComparison.LINES + 1;

    @TempDir
    private Path folder;

    private final Bills bills = mock(Bills.class);
    private final Bills.Claim claim = mock(Bills.Claim.class);
    private final BillComparison comparison = mock(BillComparison.class);
    private final BillFile file = new BillFile(MCH_ID, mock(Bill.class), bills);
    private final List<Integer> stored = new ArrayList<>();
    private int renewed;

    @BeforeEach
    void store() throws Exception {
        when(bills.comparison(claim)).thenReturn(comparison);
        when(comparison.found()).thenReturn(7L);
        doAnswer(call -> stored.add(call.<List<Bills.Line>>getArgument(1).size()))
                .when(bills)
                .add(any(), any());
    }

    private static byte[] bill(String mchId, int lines) {
        BillText text = new BillText(mchId, LocalDate.parse("2026-11-27"));
        for (int i = 0; i < lines; i++) {
            text.paid("A-" + i, 2);
        }
        return text.bytes();
    }

    private End store(byte[] content, String sha1) throws Exception {
        try (Spool spool = Spool.open(folder, Fetch.BYTES_MAX)) {
            spool.add(content, content.length);
            return file.store(claim, spool, sha1, () -> renewed++);
        }
    }

    @Test
    void store_moreThanAPiece_isStoredInPiecesAndCompared() throws Exception {
        End end = store(bill(MCH_ID, MORE_THAN_A_PIECE), null);
        assertEquals(State.COMPLETE, end.state());
        assertEquals(MORE_THAN_A_PIECE, end.lines());
        assertEquals(2L * MORE_THAN_A_PIECE, end.paidFee());
        assertEquals(7L, end.differences());
        assertEquals(List.of(BillComparison.LINES, 1), stored);
        assertEquals(1, renewed);
    }

    @Test
    void store_anothersBillOrAnotherHash_isUnusableAndNothingIsTouched() throws Exception {
        End another = store(bill("1", 1), null);
        assertEquals(State.UNUSABLE, another.state());
        assertTrue(String.valueOf(another.detail()).contains("'1'"), another.detail());
        End hash = store(bill(MCH_ID, 1), "0".repeat(40));
        assertEquals(State.UNUSABLE, hash.state());
        assertTrue(String.valueOf(hash.detail()).contains("SHA-1"), hash.detail());
        verify(bills, never()).clear(any());
    }

    /** It was whole a moment ago, so that is a fault of this machine's. */
    @Test
    void store_fileThatChangesMeanwhile_isNotTheBillsFault() throws Exception {
        Spool spool = mock(Spool.class);
        byte[] content = bill(MCH_ID, 1);
        when(spool.read())
                .thenReturn(
                        new Spool.Unpacked(new ByteArrayInputStream(content), Fetch.BYTES_MAX),
                        new Spool.Unpacked(new ByteArrayInputStream(content, 0, content.length - 40), Fetch.BYTES_MAX));
        IOException changed = assertThrows(IOException.class, () -> file.store(claim, spool, null, () -> renewed++));
        assertTrue(String.valueOf(changed.getMessage()).startsWith("the file has changed"), changed.getMessage());
    }
}
